"""Moments as the platforms write them, read a column of distinct texts at a time (rule 42).

The order of day and month in numbers is not a property of a cell but of its file, for each clock by itself:
``read_moments`` reads both orders, ``decide_orders`` counts over the file, ``Moments.settled`` gives the values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

SECRETARIAT_CLOCK = ZoneInfo("Europe/Madrid")
UNREADABLE = np.iinfo(np.int64).min

Micros = NDArray[np.int64]
Mask = NDArray[np.bool_]
# Whether the month comes first on a clock of 12 and of 24 hours; a date without time goes with 24.
Orders = Mapping[int, bool]

_EPOCH = datetime(1970, 1, 1)
_MONTHS = pa.array(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
_HALF = r"(?: *(?P<half>[AaPp])\. ?[Mm]\.| *(?P<half2>[AaPp])[Mm])?"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})" + _HALF
_SHORT_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?" + _HALF
_NAMED_DAY = r"(?P<name>[A-Za-z]{3}) +(?P<day>\d{1,2}), +(?P<year>\d{4})"
_NUMBERED_DAY = r"(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>\d{4})"
# Between a date and its time a comma may stand.
_GAP = "(?:, *| +)"
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
# At the ends of the calendar another clock has no date to show.
_FIRST_YEAR, _LAST_YEAR = 1, 9999


@dataclass(frozen=True)
class Form:
    """How one platform writes moments: patterns, whether ISO too, the usual order, and words for what is expected."""

    expected: str
    numbered: str
    usual: Orders
    named: str = ""
    iso: bool = False


FORMS: dict[str, Form] = {
    "zoom": Form(
        "a time as Feb 16, yyyy 03:52:10 PM or 02/16/yyyy 15:52:10",
        numbered=_NUMBERED_DAY + _GAP + _TIME,
        usual={12: True, 24: True},
        named=_NAMED_DAY + _GAP + _TIME,
        iso=True,
    ),
    "teams": Form(
        "a time as 11/14/yy, 9:29:07 AM or 14/11/yy, 09:29:07",
        numbered=(
            r"(?P<one>\d{1,2})(?P<dot>[/.])(?P<two>\d{1,2})(?P<dot2>[/.])(?P<year>\d{2}|\d{4})" + _GAP +
            r"(?P<hour>\d{1,2})(?P<colon>[:.])(?P<minute>\d{2})(?:(?P<colon2>[:.])(?P<second>\d{2}))?" + _HALF
        ),
        usual={12: True, 24: False},
    ),
    "eventbrite": Form(
        "a time as yyyy-mm-dd HH:MM:SS, 11/29/yy 22:28 or Sep 26, yyyy 7:05 PM",
        numbered=rf"(?P<one>\d{{1,2}})/(?P<two>\d{{1,2}})/(?P<year>\d{{2}}|\d{{4}})(?:{_GAP}{_SHORT_TIME})?",
        usual={12: True, 24: True},
        named=f"{_NAMED_DAY}(?:{_GAP}{_SHORT_TIME})?",
        iso=True,
    ),
    "form": Form(
        "a time dd/mm/yyyy HH:MM",
        numbered=(
            r"(?P<one>\d{2})/(?P<two>\d{2})/(?P<year>\d{4})" + _GAP +
            r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
        ),
        usual={12: False, 24: False},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Moments:
    """Distinct texts read in every way that their form allows, in microseconds since 1970; UNREADABLE where not."""

    fixed: Micros
    month_first: Micros
    day_first: Micros
    is_of_12_hours: Mask

    def settled(self, orders: Orders) -> Micros:
        """The moments, once the orders of day and month are known."""
        is_month_first = np.where(self.is_of_12_hours, orders[12], orders[24])
        return np.where(
            self.fixed != UNREADABLE,
            self.fixed,
            np.where(is_month_first, self.month_first, self.day_first),
        )

    @property
    def is_readable_somehow(self) -> Mask:
        """Which texts are a moment in one order or the other."""
        read = (self.fixed, self.month_first, self.day_first)
        return reduce(np.logical_or, (each != UNREADABLE for each in read))


def decide_orders(form: Form, columns: Iterable[tuple[Moments, NDArray[np.int64]]]) -> dict[int, bool]:
    """Whether the month comes first in a file, for each clock: of its date columns, with how often each text stands.

    The order that is not usual holds where more cells, and at least two, can only be read so.
    """
    # Cells that can only be read with the month first, and only with the day first.
    only = {(clock, month_first): 0 for clock in (12, 24) for month_first in (True, False)}
    for moments, counts in columns:
        as_month, as_day = moments.month_first != UNREADABLE, moments.day_first != UNREADABLE
        for clock, is_clock in ((12, moments.is_of_12_hours), (24, ~moments.is_of_12_hours)):
            only[clock, True] += int(counts[is_clock & as_month & ~as_day].sum())
            only[clock, False] += int(counts[is_clock & as_day & ~as_month].sum())
    orders = {}
    for clock, usual in form.usual.items():
        usually, otherwise = only[clock, usual], only[clock, not usual]
        orders[clock] = (not usual) if otherwise >= 2 and otherwise > usually else usual
    return orders


def read_moments(texts: pa.Array, form: Form) -> Moments:
    """Distinct texts of a column, read in every way that the form allows."""
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        # No-break, narrow and other spaces.
        texts = pc.replace_substring_regex(texts, r"\p{Z}", " ")
    texts = pc.utf8_trim_whitespace(texts)
    month_first, day_first, is_of_12_hours = _numbered(texts, form)
    fixed = np.full(len(texts), UNREADABLE, dtype=np.int64)
    unread = (month_first == UNREADABLE) & (day_first == UNREADABLE)
    if form.named and unread.any():
        fixed[unread] = _named(texts.filter(pa.array(unread)), form)
        unread &= fixed == UNREADABLE
    if form.iso:
        for at in np.flatnonzero(unread).tolist():
            fixed[at] = _iso_micros(texts[at].as_py())
    return Moments(fixed, month_first, day_first, is_of_12_hours)


def _numbered(texts: pa.Array, form: Form) -> tuple[Micros, Micros, Mask]:
    parts = _parts(texts, form.numbered)
    one, two = parts.number("one"), parts.number("two")
    time, is_of_12_hours = parts.time()
    is_odd = parts.differ("dot", "dot2") | parts.differ("colon", "colon2")
    time[is_odd] = UNREADABLE
    year = parts.number("year")
    year = np.where(year < 100, year + 2000, year) if r"\d{2}|" in form.numbered else year
    month_first = _with_time(_days(year, one, two), time)
    return month_first, _with_time(_days(year, two, one), time), is_of_12_hours


def _named(texts: pa.Array, form: Form) -> Micros:
    parts = _parts(texts, form.named)
    names = pc.index_in(pc.ascii_lower(parts.text("name")), _MONTHS)
    month = pc.add(pc.fill_null(names, -1), 1).to_numpy().astype(np.int64)
    return _with_time(_days(parts.number("year"), month, parts.number("day")), parts.time()[0])


class _Parts:
    """The named parts of texts by a pattern."""

    def __init__(self, found: pa.StructArray) -> None:
        self._found = found
        self._names = {field.name for field in found.type}
        self._is_match: Mask = found.is_valid().to_numpy(zero_copy_only=False)

    def text(self, name: str) -> pa.Array:
        return self._found.field(name)

    def number(self, name: str) -> NDArray[np.int64]:
        """A part as a number; 0 where it is not there."""
        texts = self.text(name)
        given = pc.if_else(pc.equal(texts, ""), "0", texts)
        numbers: NDArray[np.int64] = given.cast(pa.int64()).to_numpy()
        return numbers

    def time(self) -> tuple[Micros, Mask]:
        """Microseconds since midnight, UNREADABLE where there was no match or no such time; which have AM or PM."""
        if "half" in self._names:
            letters = pc.ascii_upper(pc.binary_join_element_wise(self.text("half"), self.text("half2"), ""))
            has_half = pc.not_equal(letters, "").to_numpy(zero_copy_only=False)
            is_pm = pc.equal(letters, "P").to_numpy(zero_copy_only=False)
        else:
            has_half = is_pm = np.zeros(len(self._found), dtype=bool)
        hour, minute, second = (self.number(name) for name in ("hour", "minute", "second"))
        is_time = (hour >= has_half) & (hour <= np.where(has_half, 12, 23)) & (minute < 60) & (second < 60)
        hour = np.where(has_half, hour % 12 + 12 * is_pm, hour)
        micros = ((hour * 60 + minute) * 60 + second) * 1_000_000
        return np.where(self._is_match & is_time, micros, UNREADABLE), has_half

    def differ(self, one: str, other: str) -> Mask:
        """Where two separators, if both are there, are not the same."""
        if one not in self._names:
            return np.zeros(len(self._found), dtype=bool)
        both = pc.and_(pc.not_equal(self.text(other), ""), pc.not_equal(self.text(one), self.text(other)))
        differing: Mask = both.to_numpy(zero_copy_only=False)
        return differing


def _parts(texts: pa.Array, pattern: str) -> _Parts:
    return _Parts(pc.extract_regex(texts, f"^(?:{pattern})$"))


def _days(year: Any, month: Any, day: Any) -> Micros:
    """Days since 1970 of a date; UNREADABLE for one that no calendar has."""
    is_month = (month >= 1) & (month <= 12) & (year >= _FIRST_YEAR) & (year <= _LAST_YEAR) & (day >= 1)
    months = (np.where(is_month, (year - 1970) * 12 + month - 1, 0)).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - first
    days: Micros = np.where(is_month & (day <= length), first + day - 1, UNREADABLE)
    return days


def _with_time(days: Micros, time: Micros) -> Micros:
    is_moment = (days != UNREADABLE) & (time != UNREADABLE)
    micros: Micros = np.where(is_moment, np.where(is_moment, days, 0) * 86_400_000_000 + time, UNREADABLE)
    return micros


def _iso_micros(text: str) -> int:
    match = _ISO.fullmatch(text)
    if not match:
        return int(UNREADABLE)
    try:
        moment = secretariat_time(utc(text)) if match["offset"] else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return int(UNREADABLE)
    elapsed = moment - _EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds


def utc(text: str) -> datetime:
    """An ISO moment with its offset, as UTC without a zone; ValueError for one that has no day on every clock."""
    match = _ISO.fullmatch(text)
    if not match or not match["offset"]:
        raise ValueError("no moment with an offset")
    instant = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    if not _FIRST_YEAR < instant.year < _LAST_YEAR:
        raise ValueError("no moment that has a day on every clock")
    return instant


def secretariat_time(instant: datetime) -> datetime:
    """A moment in UTC without a zone on the clock of the Secretariat, without a zone."""
    return SECRETARIAT_CLOCK.fromutc(instant.replace(tzinfo=SECRETARIAT_CLOCK)).replace(tzinfo=None)
