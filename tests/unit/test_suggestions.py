"""Suggested members for a place text: scores, reasons, thresholds."""

from __future__ import annotations

import pytest

from orchestration.release.suggestions import Name, Suggester, Suggestion

NAMES = [
    Name("M001", "Barcelona (City)", "barcelona ciudad", "ES"),
    Name("M001", "Barcelona (City)", "barcelona", "ES"),
    Name("M002", "Barcelona Area", "barcelona metropolitan area", "ES"),
    Name("M002", "Barcelona Area", "barcelona", "ES"),
    Name("M003", "Taipei", "taipei", "TW"),
    Name("M004", "Santiago", "santiago de chile", "CL"),
    Name("M005", "Lisbon", "lisbon", "PT"),
    Name("M006", "Nicosia", "nicosia", None),
]


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    return Suggester(NAMES)


def best(suggester: Suggester, key: str, code: str | None, text: str = "") -> Suggestion:
    return suggester.suggest(key, code, country_text=text)[0]


def test_at_most_three_members_best_first_each_once(suggester: Suggester) -> None:
    found = suggester.suggest("barcelona cidade", "ES")
    assert len(found) == 3
    assert len({each.member_id for each in found}) == 3
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert found[0].member_id == "M001"
    assert len(suggester.suggest("barcelona cidade", "ES", limit=1)) == 1


def test_an_ambiguous_name_offers_all_its_members(suggester: Suggester) -> None:
    first, second = suggester.suggest("barcelona", "ES", limit=2)
    assert (first.member_id, second.member_id) == ("M001", "M002")
    assert first.score == second.score == 100.0
    assert first.reason == "a name of this member, same country"


@pytest.mark.parametrize("slip", ["lsibon", "lisbn", "lisbonn", "lizbon", "tapei", "taipie"])
def test_one_slip_of_the_pen_is_a_near_miss(suggester: Suggester, slip: str) -> None:
    assert best(suggester, slip, None).is_near_miss


@pytest.mark.parametrize("other", ["london", "berlin", "bonn", "taiwan", "tampere"])
def test_another_city_is_none(suggester: Suggester, other: str) -> None:
    assert not best(suggester, other, None).is_near_miss


def test_the_country_weighs(suggester: Suggester) -> None:
    here, elsewhere = best(suggester, "lisbn", "PT"), best(suggester, "lisbn", "US")
    assert here.is_near_miss and not elsewhere.is_near_miss
    assert here.score - elsewhere.score == 25.0
    assert elsewhere.reason.endswith("but the member is in PT")


def test_a_namesake_abroad_is_worth_saying_and_no_near_miss(suggester: Suggester) -> None:
    found = best(suggester, "lisbon", "US")
    assert found.is_worth_saying and not found.is_near_miss
    assert found.reason == "a name of this member, but the member is in PT"


def test_reasons_tell_what_was_typed_as_a_country(suggester: Suggester) -> None:
    assert best(suggester, "lisbon", None).reason == "a name of this member, no country given"
    assert best(suggester, "lisbon", None, " Narnia ").reason == (
        "a name of this member, but “Narnia” is no country"
    )
    assert best(suggester, "lisbonne", "PT").reason == "resembles its name “lisbon”, same country"


def test_what_resembles_nothing_is_not_worth_saying(suggester: Suggester) -> None:
    assert not any(each.is_worth_saying for each in suggester.suggest("臺北", None))


def test_no_names_no_suggestions() -> None:
    assert Suggester([]).suggest("lisbon", "PT") == []


def test_the_same_question_has_the_same_answer(suggester: Suggester) -> None:
    again = Suggester(list(reversed(NAMES)))
    for key in ("barcelona", "barcelone", "santiago", "lisbo"):
        assert suggester.suggest(key, "ES") == again.suggest(key, "ES")


@pytest.mark.parametrize("code", ["ES", "FR", None])
@pytest.mark.parametrize("key", ["barcelona cidade", "barcelona", "bacrelona", "paris", "x", "seoul city"])
def test_the_best_is_the_first_of_the_suggested(suggester: Suggester, key: str, code: str | None) -> None:
    assert suggester.best(key, code) == next(iter(suggester.suggest(key, code)), None)
