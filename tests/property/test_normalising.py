"""Properties of name keys: stable, equal for look-alikes, different for near misses."""

from __future__ import annotations

import unicodedata

from hypothesis import assume, example, given
from hypothesis import strategies as st

from orchestration.ingest.countries import country_code
from orchestration.ingest.normalise import normalise_text
from orchestration.release.suggestions import Name, Suggester
from tests.property.strategies import BOUNDED

# Letters that a reader cannot tell from these Latin capitals, alphabet by alphabet.
ALPHABETS = {
    "cyrillic": ("ABCEHIJKMOPSTXY", "АВСЕНІЈКМОРЅТХУ"),
    "greek": ("ABEHIKMNOPTXYZ", "ΑΒΕΗΙΚΜΝΟΡΤΧΥΖ"),
    "armenian": ("LOSU", "ԼՕՏՍ"),
    "cherokee": ("ABCDEGHJKLMPRSTVWZ", "ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ"),
    "coptic": ("BCHIKMNOPTXYZ", "ⲂⲤⲎⲒⲔⲘⲚⲞⲢⲦⲬⲨⲌ"),
    "lisu": ("ABCDEFGHIJKLMNOPRSTUVWXYZ", "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ"),
    "full width": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"),
    "mathematical": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "𝐀𝐁𝐂𝐃𝐄𝐅𝐆𝐇𝐈𝐉𝐊𝐋𝐌𝐍𝐎𝐏𝐐𝐑𝐒𝐓𝐔𝐕𝐖𝐗𝐘𝐙"),
}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e"
SPACES = "\u00a0\u202f\u2009\u3000\t\n "
names = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), min_size=1, max_size=12)
latin = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=("Cc", "Cf")), max_size=20
)


@BOUNDED
@given(text=st.text(max_size=30))
@example("ΐ")
@example("ﬁ ŉ ẖ İ ı ẞ")
@example("ⅷ ① ㎏")
@example("e\u0327\u0301 \u0345")
@example("\u1fb7\u03c2\u03a3")
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    key = normalise_text(text)
    assert normalise_text(key) == key


@BOUNDED
@given(text=st.text(max_size=30))
def test_a_key_is_one_line_of_plain_spaces(text: str) -> None:
    key = normalise_text(text)
    assert key == " ".join(key.split())
    assert not any(unicodedata.category(char) == "Cf" for char in key)


@BOUNDED
@given(name=names, alphabet=st.sampled_from(sorted(ALPHABETS)), data=st.data())
def test_look_alikes_of_every_alphabet_are_the_same_name(
    name: str, alphabet: str, data: st.DataObject
) -> None:
    plain, other = ALPHABETS[alphabet]
    look_alike = dict(zip(plain, other, strict=True))
    typed = "".join(
        look_alike[char] if char in look_alike and data.draw(st.booleans()) else char for char in name
    )
    assert normalise_text(typed) == normalise_text(name)


def test_every_declared_look_alike_is_its_letter() -> None:
    for plain, other in ALPHABETS.values():
        for letter, look_alike in zip(plain, other, strict=True):
            assert normalise_text(look_alike) == letter.casefold()


@BOUNDED
@given(
    words=st.lists(latin.filter(lambda text: bool(normalise_text(text))), min_size=1, max_size=3),
    data=st.data(),
)
def test_what_shows_nothing_changes_nothing(words: list[str], data: st.DataObject) -> None:
    space = st.text(st.sampled_from(SPACES), min_size=1, max_size=3)
    typed = data.draw(space).join(words)
    at = data.draw(st.integers(0, len(typed)))
    typed = typed[:at] + data.draw(st.sampled_from(INVISIBLE)) + typed[at:] + data.draw(space)
    assert normalise_text(typed) == normalise_text(" ".join(words))


@BOUNDED
@given(text=latin)
def test_case_and_accents_change_nothing(text: str) -> None:
    key = normalise_text(text)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    for variant in (text.upper(), text.lower(), bare, unicodedata.normalize("NFD", text)):
        assert normalise_text(variant) == key


@BOUNDED
@given(
    text=st.text(st.characters(categories=("Lu", "Ll", "Nd")), min_size=1, max_size=8),
    mark=st.sampled_from("'’-–—.,·/&()\"«»_"),
    data=st.data(),
)
def test_punctuation_makes_another_name(text: str, mark: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert normalise_text(text[:at] + mark + text[at:]) != normalise_text(text)


@BOUNDED
@given(name=names, data=st.data())
def test_a_slip_of_the_pen_is_another_name(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    slip = data.draw(st.sampled_from(["drop", "double", "swap", "other"]))
    match slip:
        case "drop":
            typed = name[:at] + name[at + 1 :]
        case "double":
            typed = name[:at] + name[at] + name[at:]
        case "swap":
            typed = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
        case _:
            typed = name[:at] + data.draw(st.sampled_from("QXZW")) + name[at + 1 :]
    assume(typed != name)
    assert normalise_text(typed) != normalise_text(name)


@BOUNDED
@given(name=st.text(st.sampled_from("abcdefghijklmnop"), min_size=8, max_size=14), data=st.data())
def test_a_slip_is_offered_and_the_other_country_never_as_a_near_miss(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 2))
    typed = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    assume(typed != name)
    suggester = Suggester([Name("M001", "The member", name, "ES"), Name("M002", "Another", "qqqqqqqq", "ES")])
    here, elsewhere = (suggester.suggest(typed, code, limit=1)[0] for code in ("ES", "FR"))
    assert here.member_id == elsewhere.member_id == "M001"
    assert here.is_near_miss
    assert not elsewhere.is_near_miss


@BOUNDED
@given(text=st.text(max_size=20))
def test_a_country_is_a_code_or_none(text: str) -> None:
    code = country_code(text)
    assert code is None or (len(code) == 2 and code.isascii() and code.isupper())
    assert country_code(f" {text}\u00a0") == code
