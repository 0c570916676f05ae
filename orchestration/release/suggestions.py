"""Suggests members for unresolved place texts, by string similarity. Suggestions are shown in the review only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

NEAR_MISS_SCORE = 86.0
WORTH_SAYING_SCORE = 60.0
_OTHER_COUNTRY_PENALTY = 25.0
# What a text scores that is a name but for one slip of the pen, and what each further slip costs.
_ONE_SLIP_SCORE = 94.0
_FURTHER_SLIP = 4.0
_LETTERS_A_SLIP = 4
_POOL = 12


@dataclass(frozen=True)
class Name:
    """A name of a member: member_id, printed name, key, country."""

    member_id: str
    member: str
    name_key: str
    country_code: str | None


@dataclass(frozen=True)
class Suggestion:
    """A suggested member: score (0 to 100) and reason."""

    member_id: str
    member: str
    score: float
    reason: str

    @property
    def is_near_miss(self) -> bool:
        """Whether the text is most likely a misspelling."""
        return self.score >= NEAR_MISS_SCORE

    @property
    def is_worth_saying(self) -> bool:
        """Whether the score is high enough to be shown."""
        return self.score >= WORTH_SAYING_SCORE


class Suggester:
    """Finds members with similar names, those of the same country first."""

    def __init__(self, names: Sequence[Name]) -> None:
        self._by_key: dict[str, list[Name]] = defaultdict(list)
        for name in names:
            self._by_key[name.name_key].append(name)
        self._keys = sorted(self._by_key)
        self._matches: dict[str, list[tuple[str, float]]] = {}
        self._best: dict[tuple[str, str | None], Suggestion | None] = {}

    def suggest(
        self, place_key: str, country_code: str | None, limit: int = 3, *, country_text: str = ""
    ) -> list[Suggestion]:
        """Up to ``limit`` members, best first; ties in the order of their ids.

        ``country_text`` is what was typed, for the reason alone.
        """
        best: dict[str, Suggestion] = {}
        for key, score in self._resembling(place_key):
            for name in self._by_key[key]:
                suggestion = _judge(name, score, place_key, country_code, country_text)
                known = best.get(name.member_id)
                if known is None or suggestion.score > known.score:
                    best[name.member_id] = suggestion
        ranked = sorted(best.values(), key=lambda each: (-each.score, each.member_id))
        return ranked[:limit]

    def best(self, place_key: str, country_code: str | None) -> Suggestion | None:
        """The most similar member; cached per text."""
        asked = (place_key, country_code)
        if asked not in self._best:
            self._best[asked] = self._best_of(place_key, country_code)
        return self._best[asked]

    def _best_of(self, place_key: str, country_code: str | None) -> Suggestion | None:
        # The first of ``suggest``, without a reason for each of the others.
        rated = (
            (-_rated(name, score, country_code), name.member_id, score, name)
            for key, score in self._resembling(place_key)
            for name in self._by_key[key]
        )
        best = min(rated, key=itemgetter(0, 1), default=None)
        return _judge(best[3], best[2], place_key, country_code, "") if best else None

    def _resembling(self, place_key: str) -> list[tuple[str, float]]:
        """The most similar names with their scores; cached per text."""
        from rapidfuzz import fuzz, process

        if place_key not in self._matches:
            found = process.extract(place_key, self._keys, scorer=fuzz.WRatio, limit=_POOL)
            self._matches[place_key] = [
                (key, max(float(score), _slip_score(key, place_key))) for key, score, _ in found
            ]
        return self._matches[place_key]


def _judge(
    name: Name, score: float, place_key: str, country_code: str | None, country_text: str
) -> Suggestion:
    key = name.name_key
    reason = "a name of this member" if key == place_key else f"resembles its name “{key}”"
    if country_code is None and country_text.strip():
        reason += f", but “{country_text.strip()}” is no country"
    elif country_code is None:
        reason += ", no country given"
    elif country_code == name.country_code:
        reason += ", same country"
    else:
        reason += f", but the member is in {name.country_code}"
    return Suggestion(name.member_id, name.member, _rated(name, score, country_code), reason)


def _rated(name: Name, score: float, country_code: str | None) -> float:
    """The score, reduced for a member of another country."""
    if country_code is None or country_code == name.country_code:
        return round(score, 1)
    return round(max(0.0, score - _OTHER_COUNTRY_PENALTY), 1)


def _slip_score(name_key: str, place_key: str) -> float:
    """The score of a typing error: letters missing, doubled, wrong or swapped."""
    from rapidfuzz.distance import OSA

    slips = OSA.distance(name_key, place_key)
    if not slips or slips * _LETTERS_A_SLIP > min(len(name_key), len(place_key)):
        return 0.0
    return _ONE_SLIP_SCORE - _FURTHER_SLIP * (slips - 1)
