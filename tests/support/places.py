"""Members with names in many languages, other cities, and variants as people type them."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

REGIONS = ("Africa", "Asia-Pacific", "Europe", "Latin America and Caribbean", "North America")
AFRICA, ASIA, EUROPE, LATIN, NORTH = REGIONS


@dataclass(frozen=True)
class Member:
    """A member with its other names as (name, language)."""

    name: str
    country: str
    region: str
    aliases: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *(name for name, _ in self.aliases))


# The first two share the name "Barcelona"; "Victoria" is shared further down.
POOL = (
    Member(
        "Barcelona Ciudad", "ES", EUROPE,
        (("Ayuntamiento de Barcelona", "es"), ("Ajuntament de Barcelona", "ca"),
         ("Barcelona", "en")),
    ),
    Member(
        "Barcelona Área metropolitana", "ES", EUROPE,
        (("Barcelona Metropolitan Area", "en"), ("Àrea metropolitana de Barcelona", "ca"),
         ("Barcelona", "es")),
    ),
    Member("Taipei", "TW", ASIA, (("臺北", "zh"), ("Taipéi", "es"), ("Taipei City", "en"))),
    Member("Moscow", "RU", EUROPE, (("Москва", "ru"), ("Moscou", "fr"), ("Moscú", "es"))),
    Member("Seoul", "KR", ASIA, (("서울", "ko"), ("Séoul", "fr"), ("Seúl", "es"))),
    Member(
        "Casablanca", "MA", AFRICA,
        (("الدار البيضاء", "ar"), ("Ville de Casablanca", "fr")),
    ),
    Member(
        "Santiago de Chile", "CL", LATIN,
        (("Santiago", "es"), ("Gobierno Regional Metropolitano de Santiago", "es")),
    ),
    Member(
        "Córdoba", "AR", LATIN,
        (("Ciudad de Córdoba", "es"), ("Municipality of Córdoba", "en")),
    ),
    Member("Male'", "MV", ASIA, (("Malé", "fr"), ("City of Male'", "en"))),
    Member("Istanbul", "TR", EUROPE, (("İstanbul", "tr"), ("Estambul", "es"))),
    Member("New Delhi - NIUA", "IN", ASIA, (("New Delhi", "en"), ("नई दिल्ली", "hi"))),
    Member(
        "Abidjan", "CI", AFRICA,
        (("District autonome d'Abidjan", "fr"), ("Abiyán", "es")),
    ),
    Member(
        "Brussels", "BE", EUROPE,
        (("Bruxelles", "fr"), ("Brussel", "nl"), ("Brussel·les", "ca"), ("Bruselas", "es")),
    ),
    Member("São Paulo", "BR", LATIN, (("San Pablo", "es"), ("Prefeitura de São Paulo", "pt"))),
    Member("Xi'an", "CN", ASIA, (("西安", "zh"),)),
    Member("Montréal", "CA", NORTH, (("Ville de Montréal", "fr"), ("Mont-real", "ca"))),
    Member("Lisbon", "PT", EUROPE, (("Lisboa", "pt"), ("Município de Lisboa", "pt"))),
    Member("Sofia", "BG", EUROPE, (("София", "bg"),)),
    Member("Dakar", "SN", AFRICA, (("Ville de Dakar", "fr"), ("داكار", "ar"))),
    Member("Bogotá", "CO", LATIN, (("Alcaldía Mayor de Bogotá", "es"), ("Bogota D.C.", "en"))),
    Member("Guangzhou", "CN", ASIA, (("广州", "zh"), ("Cantón", "es"))),
    Member("Tehran", "IR", ASIA, (("تهران", "fa"), ("Téhéran", "fr"))),
    Member("Berlin", "DE", EUROPE, (("Land Berlin", "de"), ("Berlín", "es"))),
    Member("Gwangju", "KR", ASIA, (("광주", "ko"),)),
    Member("Diyarbakır", "TR", EUROPE, (("Diyarbakir Metropolitan Municipality", "en"),)),
    Member("Gaziantep", "TR", EUROPE, (("Antep", "tr"),)),
    Member("Victoria", "SC", AFRICA, (("City of Victoria", "en"), ("فيكتوريا", "ar"))),
    Member("Victoria (BC)", "CA", NORTH, (("Victoria", "en"),)),
    Member("Nicosia", "CY", EUROPE, (("Λευκωσία", "el"), ("Lefkoşa", "tr"))),
    Member("Hanoi", "VN", ASIA, (("Hà Nội", "vi"), ("Hanói", "es"))),
    Member("Ramallah", "PS", ASIA, (("رام الله", "ar"), ("Municipality of Ramallah", "en"))),
    Member("Brazzaville", "CG", AFRICA, (("Ville de Brazzaville", "fr"),)),
    Member("Prague", "CZ", EUROPE, (("Praha", "cs"), ("Praga", "es"))),
    Member("Toronto", "CA", NORTH, (("City of Toronto", "en"),)),
    Member("Medellín", "CO", LATIN, (("Alcaldía de Medellín", "es"),)),
    Member("Madrid", "ES", EUROPE, (("City of Madrid", "en"), ("Ayuntamiento de Madrid", "es"))),
    Member("Buenos Aires", "AR", LATIN, (("Government of Buenos Aires", "en"),)),
    Member("Quito", "EC", LATIN, (("Municipio de Quito", "es"),)),
    Member("Yaoundé", "CM", AFRICA, (("Communauté urbaine de Yaoundé", "fr"), ("Yaundé", "es"))),
    Member("Jakarta", "ID", ASIA, (("Yakarta", "es"), ("DKI Jakarta", "id"))),
    Member("Bangkok", "TH", ASIA, (("Krung Thep", "th"), ("กรุงเทพ", "th"))),
    Member("Mexico City", "MX", LATIN, (("Ciudad de México", "es"), ("Ciutat de Mèxic", "ca"))),
    Member("Tunis", "TN", AFRICA, (("تونس", "ar"), ("Túnez", "es"))),
    Member("Johannesburg", "ZA", AFRICA, (("Johannesburgo", "es"),)),
    Member("Addis Ababa", "ET", AFRICA, (("Addis-Abeba", "fr"), ("Adís Abeba", "es"))),
    Member("Kazan", "RU", EUROPE, (("Казань", "ru"), ("Kazán", "es"))),
    Member("Turin", "IT", EUROPE, (("Torino", "it"), ("Città Metropolitana di Torino", "it"))),
    Member("Kathmandu", "NP", ASIA, (("काठमाडौं", "ne"), ("Katmandú", "es"))),
    Member("Tijuana", "MX", LATIN, (("Ayuntamiento de Tijuana", "es"),)),
    Member("Zhengzhou", "CN", ASIA, (("郑州", "zh"),)),
    Member("Accra", "GH", AFRICA, (("Accra Metropolitan Assembly", "en"), ("ACCRA", "en"))),
    Member("Montevideo", "UY", LATIN, (("Intendencia de Montevideo", "es"),)),
)  # fmt: skip

COUNTRIES = {
    "AR": "Argentina", "AU": "Australia", "BE": "Belgium", "BG": "Bulgaria", "BR": "Brazil",
    "CA": "Canada", "CG": "Congo", "CI": "Côte d'Ivoire", "CL": "Chile", "CM": "Cameroon",
    "CN": "China", "CO": "Colombia", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany",
    "EC": "Ecuador", "ES": "Spain", "ET": "Ethiopia", "FR": "France", "GH": "Ghana",
    "ID": "Indonesia", "IN": "India", "IQ": "Iraq", "IR": "Iran", "IT": "Italy", "JP": "Japan",
    "KE": "Kenya", "KR": "South Korea", "MA": "Morocco", "MV": "Maldives", "MX": "Mexico",
    "NL": "Netherlands", "NP": "Nepal", "PE": "Peru", "PL": "Poland", "PS": "Palestine",
    "PT": "Portugal", "RU": "Russia", "SC": "Seychelles", "SN": "Senegal", "TH": "Thailand",
    "TN": "Tunisia", "TR": "Turkey", "TW": "Taiwan", "US": "United States", "UY": "Uruguay",
    "VN": "Vietnam", "ZA": "South Africa", "ZM": "Zambia",
}  # fmt: skip
NO_COUNTRIES = ("Narnia", "n/a", "Catalonia", "the moon", "-")
OTHER_CITIES = (
    ("Basra", "IQ"), ("Boston", "US"), ("Cusco", "PE"), ("Kitwe", "ZM"), ("Kraków", "PL"),
    ("Krung Kao", "TH"), ("Nice", "FR"), ("Perth", "AU"), ("Porto", "PT"), ("Utrecht", "NL"),
    ("València", "ES"), ("Osaka", "JP"), ("大阪", "JP"), ("Nairobi", "KE"), ("Newport, RI", "US"),
)  # fmt: skip
# Real cities whose name a member bears in another country.
NAMESAKES = (
    ("Santiago de Compostela", "ES"), ("Santiago", "ES"), ("Córdoba", "ES"), ("Berlin", "US"),
    ("Madrid", "CO"), ("Victoria", "AU"), ("Lisbon", "US"), ("Toronto", "AU"),
)  # fmt: skip
# Typed with another apostrophe or dash than the register has: near, and no member.
OTHER_PUNCTUATION = (
    ("Xi\u2019an", "CN"), ("Male\u2019", "MV"), ("New Delhi \u2013 NIUA", "IN"),
    ("District autonome d\u2019Abidjan", "CI"), ("Mont\u2013real", "CA"), ("Brussel.les", "BE"),
)  # fmt: skip
CYRILLIC = str.maketrans("ABEKMHOPCTXaeopcxyi", "АВЕКМНОРСТХаеорсхуі")
GREEK = str.maketrans("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
ODD_SPACES = ("\u00a0", "\u202f", "\u2009", "\u3000")
ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
SYLLABLES = ("bel", "cor", "dan", "fer", "gal", "lum", "mar", "nor", "pal", "ros", "tal", "ver")


def invented_member(number: int) -> Member:
    """A member with a made-up name, different for each number."""
    base, rest = len(SYLLABLES), number
    parts: list[str] = []
    while rest or len(parts) < 3:
        parts.append(SYLLABLES[rest % base])
        rest //= base
    name = "".join(parts).capitalize()
    code = sorted(COUNTRIES)[number % len(COUNTRIES)]
    region = REGIONS[number % len(REGIONS)]
    return Member(name, code, region, ((f"Ville de {name}", "fr"), (f"Ciudad de {name}é", "es")))


def make_members(count: int) -> list[Member]:
    """The first ``count`` members of the pool, and invented ones after it."""
    extra = range(max(0, count - len(POOL)))
    return [*POOL[:count], *(invented_member(number) for number in extra)]


def without_accents(text: str) -> str:
    """The text as on a keyboard that has no accents; other alphabets stay as they are."""
    if not all(letter < "\u0250" or "\u1e00" <= letter < "\u1f00" for letter in text):
        return text
    flat = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


def full_width(text: str) -> str:
    """Latin letters and digits as the wide forms of an East Asian keyboard."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


def with_lookalike(rng: Random, text: str) -> str:
    """Some letters from the Cyrillic alphabet, or all capitals from the Greek one."""
    if text.isascii() and rng.random() < 0.3:
        return text.upper().translate(GREEK)
    return text.translate(CYRILLIC) if text.isascii() else text


def mistyped(rng: Random, text: str) -> str:
    """Two neighbouring letters swapped: near a name, and none."""
    if len(text) < 4:
        return text + text[-1]
    at = rng.randrange(1, len(text) - 2)
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return swapped if swapped != text else text + text[-1]


def disguised(rng: Random, text: str) -> str:
    """The text as typed by people; what normalising takes away, and nothing more."""
    roll = rng.randrange(16)
    middle = max(1, len(text) // 2)
    disguises: dict[int, Callable[[], str]] = {
        0: text.upper, 1: text.lower, 2: lambda: without_accents(text),
        3: lambda: text.replace(" ", "  "), 4: lambda: f" {text}", 5: lambda: f"{text}  ",
        6: lambda: text.replace(" ", rng.choice(ODD_SPACES)),
        7: lambda: text[:middle] + rng.choice(ZERO_WIDTH) + text[middle:],
        8: lambda: with_lookalike(rng, text), 9: lambda: full_width(text),
        10: lambda: unicodedata.normalize("NFD", text),
        11: lambda: f"{text}\u00a0",
    }  # fmt: skip
    return disguises[roll]() if roll in disguises else text


class PlacePicker:
    """Draws (place, country) as people type them: members, near misses, namesakes, blanks."""

    def __init__(self, rng: Random, members: list[Member], dirt: bool) -> None:
        self.rng = rng
        self.members = members
        self.dirt = dirt

    def name(self) -> str:
        """Some name of some member, as typed."""
        member = self.rng.choice(self.members)
        if not self.dirt:
            return member.name
        return disguised(self.rng, self.rng.choice(member.names))

    def country(self, code: str) -> str:
        """A country as alpha-2 code or in words, now and then blank."""
        if not self.dirt:
            return code
        roll = self.rng.random()
        if roll < 0.08:
            return ""
        return COUNTRIES[code] if roll < 0.55 else code

    def of_member(self) -> tuple[str, str]:
        """A member, with its own country."""
        member = self.rng.choice(self.members)
        if not self.dirt:
            return member.name, member.country
        text = disguised(self.rng, self.rng.choice(member.names))
        return text, self.country(member.country)

    def elsewhere(self) -> tuple[str, str]:
        """A city that is no member, or bears the name of one."""
        rng = self.rng
        city, code = rng.choice(OTHER_CITIES)
        if not self.dirt:
            return city, code
        if rng.random() < 0.35:
            city, code = rng.choice(NAMESAKES)
            return city, rng.choice((code, COUNTRIES[code]))
        return disguised(rng, city), self.country(code)

    def no_match(self) -> tuple[str, str]:
        """Texts near a member: slips of typing, other punctuation, wrong or no countries."""
        rng = self.rng
        kind = rng.randrange(5)
        if kind == 0:
            text, code = rng.choice(OTHER_PUNCTUATION)
            return text, code
        if kind == 1:
            return rng.choice(("Barcelona", "BARCELONA", "Victoria")), self.country("ES")
        member = rng.choice(self.members)
        if kind == 2:
            return mistyped(rng, member.name), self.country(member.country)
        if kind == 3:
            code = rng.choice([code for code in sorted(COUNTRIES) if code != member.country])
            return rng.choice(member.names), rng.choice((code, COUNTRIES[code]))
        return rng.choice(member.names), rng.choice(NO_COUNTRIES)

    def pick(self) -> tuple[str, str]:
        """A place and country, either possibly blank."""
        roll = self.rng.random()
        if roll < 0.5:
            return self.of_member()
        if roll < 0.65:
            return "", self.country(self.rng.choice(sorted(COUNTRIES)))
        if roll < 0.85 or not self.dirt:
            return self.elsewhere()
        return self.no_match()

    def city(self) -> tuple[str, str]:
        """A city and country for a contribution, the city seldom blank."""
        if self.dirt and self.rng.random() < 0.04:
            return "", self.country(self.rng.choice(sorted(COUNTRIES)))
        text, country = self.pick()
        return (text, country) if text else self.of_member()

    def names_joined(self, most: int) -> str:
        """A ``|`` list of member names, with or without spaces around the bars."""
        parts = [self.name() for _ in range(self.rng.randint(1, most))]
        if not self.dirt:
            return "|".join(dict.fromkeys(parts))
        if self.rng.random() < 0.3:
            parts.append(self.rng.choice(parts))
        if self.rng.random() < 0.2:
            parts.append(self.rng.choice(OTHER_CITIES)[0])
        return self.rng.choice(("|", " | ", "| ")).join(parts)
