"""Country texts as ISO 3166 alpha-2 codes.

Names come from ISO 3166 (pycountry) and CLDR (babel) in English, French and Spanish, and from the list below of
what the UN and platforms print besides. Two texts are one name where they have the same words, in any order and
without articles, "of", "and" and punctuation: ``Korea (Republic of)`` and ``Korea, Republic of`` are
``Republic of Korea``. Nothing is matched by likeness, and a name of two countries is none.
"""

from __future__ import annotations

import gettext
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from orchestration.ingest.normalise import normalise_text

# English, French and Spanish, with the locales that name some countries otherwise.
_LOCALES = ("en", "en_CA", "fr", "fr_CA", "es", "es_419")
_TRANSLATIONS = ("fr", "es")
# The words of a name, sorted.
_Key = tuple[str, ...]

# Names that pycountry and babel do not have, by where they are printed; those of a country are separated by |.
_FURTHER_NAMES: tuple[dict[str, str], ...] = (
    # CLDR 48: short and variant names, which babel leaves out, and the parts of the United Kingdom (subdivisions).
    {
        "BA": "Bosnia",
        "CC": "Cocos Islands",
        "CD": "Congo (DRC)|Congo (RDC)|Congo (República Democrática del Congo)",
        "CG": "Congo (Republic)|Congo (República)|République du Congo",
        "CI": "Ivory Coast|Costa de Marfil",
        "CV": "Cape Verde",
        "CZ": "Czech Republic|République tchèque|República Checa",
        "FK": "Falkland Islands (Islas Malvinas)|Îles Malouines (Îles Falkland)|Islas Malvinas (Islas Falkland)",
        "GB": "UK|England|Scotland|Wales|Northern Ireland|Angleterre|Écosse|Pays de Galles|Irlande du Nord"
        "|Inglaterra|Escocia|Gales|Irlanda del Norte",
        "HK": "Hong Kong",
        "IO": "Chagos Archipelago|Archipel des Chagos|Archipiélago de Chagos",
        "MO": "Macao|Macau",
        "NZ": "Aotearoa New Zealand|Aotearoa (Nouvelle-Zélande)|Aotearoa (Nueva Zelanda)",
        "PS": "Palestine|Palestina",
        "SZ": "Swaziland|Suazilandia",
        "TL": "East Timor|Timor oriental",
        "TR": "Turkey|Turquie|Turquía",
        "US": "US|EE. UU.",
    },
    # ISO 3166 and Zoom's list of countries, which keeps names that ISO has given up.
    {
        "BQ": "Bonaire, Saint Eustatius and Saba|Bonaire, Saint-Eustache et Saba",
        "FR": "France, Metropolitan",
        "HM": "Heard and Mc Donald Islands",
        "LY": "Libyan Arab Jamahiriya|Jamahiriya arabe libyenne|Jamahiriya Árabe Libia",
        "MK": "Macedonia|Macedonia, the former Yugoslav Republic of",
        "MM": "Burma",
        "MO": "Macau SAR|Macao SAR",
        "PS": "Palestinian Territory, Occupied|Occupied Palestinian Territories|Palestinian Territory",
        "VA": "Holy See|Vatican|Vatican City State|Holy See (Vatican City)|Saint-Siège|Santa Sede",
    },
    # The UN: M49, UNTERM and OCHA, where they are not ISO's.
    {
        "BD": "République populaire du Bangladesh",
        "BQ": "Bonaire, San Eustaquio y Saba",
        "BT": "Royaume du Bhoutan",
        "CD": "DR Congo|DRC|RDC|RD Congo",
        "CF": "CAR",
        "CH": "Confédération suisse",
        "CX": "Isla Christmas",
        "DZ": "República Argelina Democrática y Popular",
        "FK": "Îles Falkland (Malvinas)",
        "FO": "Faeroe Islands",
        "BL": "San Barthélemy",
        "GR": "République hellénique",
        "IT": "Republic of Italy",
        "MF": "San Martín (parte francesa)",
        "GY": "Co-operative Republic of Guyana|Cooperative Republic of Guyana|République coopérative du Guyana"
        "|República Cooperativa de Guyana",
        "HK": "Chine, région administrative spéciale de Hong Kong"
        "|China, región administrativa especial de Hong Kong",
        "HM": "Île Heard-et-Îles MacDonald",
        "JO": "Reino Hachemita de Jordania",
        "KG": "República Kirguisa",
        "KP": "DPRK|DPR Korea",
        "KY": "Îles Caïmanes",
        "KZ": "Kazajstán",
        "LY": "State of Libya|État de Libye|Estado de Libia",
        "MK": "The former Yugoslav Republic of Macedonia|TFYR Macedonia|FYR Macedonia|FYROM|Macedonia (FYROM)",
        "MO": "Chine, région administrative spéciale de Macao|China, región administrativa especial de Macao",
        "MP": "Islas Marianas Septentrionales",
        "NR": "Naoero",
        "NZ": "Nueva Zelandia",
        "OM": "Sultanía de Omán",
        "PG": "PNG",
        "PS": "Occupied Palestinian Territory|oPt",
        "RU": "Federación de Rusia|Russian Fed.",
        "SJ": "Svalbard and Jan Mayen Islands|Îles Svalbard-et-Jan Mayen|Islas Svalbard y Jan Mayen",
        "SX": "San Martín (parte holandesa)",
        "TF": "Territorio de las Tierras Australes Francesas",
        "TK": "Tokélaou",
        "TN": "République tunisienne",
        "TT": "Trinidad y Tabago",
        "UM": "Islas menores alejadas de Estados Unidos",
        "WF": "Wallis and Futuna Islands|Îles Wallis-et-Futuna|Islas Wallis y Futuna",
        "XK": "Republic of Kosovo|Kosovo (under UNSC resolution 1244)|Kosovo (UNSC resolution 1244)"
        "|Kosovo (UNSCR 1244)|Kosovo (under UNSCR 1244)|Kosovo (UNSCR 1244/99)"
        "|Kosovo (under UN Security Council resolution 1244)",
        "ZA": "République sud-africaine",
    },
    # The World Bank, IMF and OECD.
    {
        "CN": "PRC|P.R. China",
        "HK": "Hong Kong SAR|Hong Kong, China",
        "KR": "Korea",
        "LA": "Lao PDR",
        "MO": "Macao, China",
        "PR": "Puerto Rico (US)",
        "PS": "West Bank and Gaza|West Bank and Gaza Strip|Palestinian Authority|Palestinian National Authority",
        "SX": "St. Maarten",
        "TW": "Taiwan, China|Chinese Taipei",
        "VE": "Venezuela, RB",
    },
    # Public lists that forms copy: the CIA, Johns Hopkins (2020), FIFA, Django's and PHP's lists for menus.
    {
        "AE": "UAE",
        "CI": "Cote dIvoire",
        "CN": "Mainland China",
        "CV": "Cape Verde Islands",
        "GB": "Great Britain|Grande-Bretagne|Gran Bretaña",
        "IE": "Republic of Ireland|République d'Irlande|República de Irlanda",
        "IR": "IR Iran",
        "NL": "Holland|Hollande|Holanda",
        "PN": "Pitcairn Island",
        "SA": "KSA",
        "TF": "French Southern and Antarctic Lands",
        "TW": "Taiwan, Republic of China|Taiwan ROC",
        "UM": "US Minor Outlying Islands",
        "US": "USA|EEUU",
        "VG": "Virgin Islands (UK)",
        "VI": "Virgin Islands (USA)",
        "WS": "Western Samoa",
    },
)  # fmt: skip

_APOSTROPHE = "['`´ʹʻʼʽˈ‘’‛′]"
_APOSTROPHES = re.compile(_APOSTROPHE)
_ELIDED = re.compile(rf"\b[dl]{_APOSTROPHE}")
_WORD = re.compile(r"[^\W_]+")
_LEFT_OUT = frozenset(
    ("the", "of", "and", "formerly", "fmr", "le", "la", "les", "l", "de", "du", "des", "d", "et",
     "el", "los", "las", "del", "y", "e")
)  # fmt: skip
# Abbreviations, and words of states whose abbreviation is the same in every language.
_SAME_WORD = {
    "st": "saint", "ste": "sainte", "rep": "republic", "republique": "republic", "republica": "republic",
    "dem": "democratic", "democratique": "democratic", "democratica": "democratic",
    "fed": "federal", "federated": "federal", "is": "islands", "sts": "states",
}  # fmt: skip
# Between names of one country: Macau SAR/ Macao. Two numbers are a date or a resolution.
_ALTERNATIVES = re.compile(r"(?<!\d)/(?!\d)")
# Around a name that stands beside another: Turkey (Türkiye), Scotland, UK.
_PARTS = re.compile(r"[(),\[\]]|\s[-–—]\s")


def _words(text: str) -> Iterator[str]:
    """The words of a normalised text; consecutive single letters form one word (U.S.A., P. R. China)."""
    letters = ""
    for word in _WORD.findall(_APOSTROPHES.sub("", _ELIDED.sub("", text))):
        if len(word) == 1:
            letters += word
            continue
        if letters:
            yield letters
        letters = ""
        yield word
    if letters:
        yield letters


def _key(text: str) -> _Key:
    words = (_SAME_WORD.get(word, word) for word in _words(normalise_text(text)))
    return tuple(sorted(word for word in words if word not in _LEFT_OUT))


def listed_names() -> Iterator[tuple[str, str]]:
    """Every listed name with its code."""
    import babel
    import pycountry

    codes = alpha_2_codes()
    for locale in _LOCALES:
        for code, name in babel.Locale.parse(locale).territories.items():
            if code in codes:
                yield name, code
    translations = [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language]) for language in _TRANSLATIONS
    ]
    for country in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            name = getattr(country, attribute, None)
            if name is not None:
                yield name, country.alpha_2
                for translation in translations:
                    yield translation.gettext(name), country.alpha_2
    for further in _FURTHER_NAMES:
        for code, names in further.items():
            for name in names.split("|"):
                yield name, code


@cache
def _codes_by_key() -> dict[_Key, str]:
    """Key → code, for names of exactly one country."""
    keys: defaultdict[str, set[_Key]] = defaultdict(set)
    for name, code in listed_names():
        keys[code].add(_key(name))
    listed, formal = _by_key(keys), _by_key({code: _formal_names(names) for code, names in keys.items()})
    every = {**formal, **listed}
    return {key: min(codes) for key, codes in every.items() if key and len(codes) == 1}


def _by_key(keys: Mapping[str, set[_Key]]) -> dict[_Key, set[str]]:
    codes: defaultdict[_Key, set[str]] = defaultdict(set)
    for code, names in keys.items():
        for name in names:
            codes[name].add(code)
    return codes


def _formal_names(names: set[_Key]) -> set[_Key]:
    """A country's formal names combined with its other short names: Republic of Türkiye, of Turkey."""
    found = set()
    for formal in names:
        for short in names:
            if set(short) < set(formal):
                rest = Counter(formal) - Counter(short)
                found |= {tuple(sorted((*rest.elements(), *other))) for other in names}
    return found


@cache
def alpha_2_codes() -> frozenset[str]:
    """The codes of ISO 3166, and XK for Kosovo, which has none."""
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}


@lru_cache(maxsize=65_536)
def country_code(text: str) -> str | None:
    """The alpha-2 code of a country text; None if blank, unknown or ambiguous."""
    if len(alternatives := _ALTERNATIVES.split(text)) > 1:
        return _only_code(alternatives)
    stripped = text.strip()
    if len(stripped) == 2 and stripped.upper() in alpha_2_codes():
        return stripped.upper()
    if code := _codes_by_key().get(_key(stripped)):
        return code
    parts = [part for part in _PARTS.split(stripped) if part.strip()]
    return _only_code(parts) if len(parts) > 1 else None


def _only_code(texts: Sequence[str]) -> str | None:
    """The code that all texts agree on."""
    codes = {country_code(text) for text in texts}
    return codes.pop() if len(codes) == 1 else None


def country_name(code: str) -> str:
    """The common English name of an alpha-2 code, for people; the code itself where unknown."""
    import babel

    return str(babel.Locale("en").territories.get(code, code))
