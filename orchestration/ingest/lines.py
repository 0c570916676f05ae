"""Physical lines of delimited text and the records in them, found for all lines at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

QUOTE = ord('"')
_FEED, _RETURN = ord("\n"), ord("\r")
# So many bytes of lines are looked at together, which bounds the memory.
_SLAB = 4 << 20

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Physical lines: offsets, delimiter and quote counts, UTF-8 validity.

    Delimiters are counted after an even and after an odd number of the file's quotes. A line is in order where each
    quote, read from the line's begin, opens or closes a cell or is doubled inside one; so many cells it then has.
    """

    starts: Indices
    ends: Indices
    even: Indices
    odd: Indices
    is_text: Mask
    is_in_order: Mask
    cells: Indices

    @property
    def delimiters(self) -> Indices:
        """All delimiters of each line."""
        return self.even + self.odd


@dataclass(frozen=True)
class Records:
    """Candidate records: first line, bytes, number of cells, whether plain.

    A plain record is text throughout, and there is no doubt where it ends.
    """

    lines: Indices
    starts: Indices
    ends: Indices
    cells: Indices
    is_plain: Mask


def find_lines(data: bytes, quotes: Indices, delimiter: int) -> Lines:
    letters = np.frombuffer(data, dtype=np.uint8)
    stops = np.flatnonzero(letters == _FEED)
    if b"\r" in data:
        # Of a return and a feed, the line ends before the one, and the next begins after the other.
        returns = np.flatnonzero(letters == _RETURN)
        is_alone = letters[np.minimum(returns + 1, len(letters) - 1)] != _FEED
        stops = np.sort(np.concatenate((stops, returns[is_alone])))
    starts = np.concatenate(([0], stops + 1))
    ends = np.concatenate((stops, [len(letters)]))
    is_feed = letters[np.minimum(ends, len(letters) - 1)] == _FEED
    ends = ends - (is_feed & (ends > starts) & (letters[np.maximum(ends - 1, 0)] == _RETURN))
    looked_at = []
    at = 0
    while at < len(starts):
        after = max(at + 1, int(np.searchsorted(starts, starts[at] + _SLAB)))
        looked_at.append(_look_at(data, starts[at:after], ends[at:after], quotes, delimiter))
        at = after
    return Lines(starts, ends, *map(np.concatenate, zip(*looked_at, strict=True)))


def _look_at(
    data: bytes, starts: Indices, ends: Indices, quotes: Indices, delimiter: int
) -> tuple[Indices, Indices, Mask, Mask, Indices]:
    """Delimiter counts, UTF-8 validity, quote balance and cell counts of lines."""
    first, last = int(starts[0]), int(ends[-1])
    is_text = _is_text(data, starts, ends)
    slab = np.frombuffer(data, dtype=np.uint8, count=last - first, offset=first)
    quotes_before = np.searchsorted(quotes, starts)
    count = np.searchsorted(quotes, ends) - quotes_before
    delimiters = np.flatnonzero(slab == delimiter) + first
    total = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts)
    if not count.any():
        odd = total * (quotes_before % 2)
        return total - odd, odd, is_text, np.ones(len(starts), dtype=bool), total + 1
    # Inside a cell are the delimiters after an odd number of quotes.
    parity = (np.cumsum(slab == QUOTE, dtype=np.uint8) + np.uint8(quotes_before[0] % 2)) & 1
    inside = delimiters[parity[delimiters - first] == 1]
    odd = np.searchsorted(inside, ends) - np.searchsorted(inside, starts)
    here = quotes[quotes_before[0] : quotes_before[-1] + count[-1]]
    line = np.repeat(np.arange(len(starts)), count)
    opens = (np.arange(len(here)) - (quotes_before - quotes_before[0])[line]) % 2 == 0
    before, after = slab[np.maximum(here - first - 1, 0)], slab[np.minimum(here - first + 1, len(slab) - 1)]
    may_open = (here == starts[line]) | (before == delimiter) | (before == QUOTE)
    may_close = (here + 1 == ends[line]) | (after == delimiter) | (after == QUOTE)
    is_in_order = count % 2 == 0
    is_in_order[line[~np.where(opens, may_open, may_close)]] = False
    cells = np.where(quotes_before % 2 == 0, total - odd, odd) + 1
    return total - odd, odd, is_text, is_in_order, cells


def _is_text(data: bytes, starts: Indices, ends: Indices) -> Mask:
    """Which lines are UTF-8 throughout."""
    if _decodes(data[int(starts[0]) : int(ends[-1])]):
        return np.ones(len(starts), dtype=bool)
    each = (_decodes(data[start:end]) for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
    return np.fromiter(each, bool, len(starts))


def records_of_lines(lines: Lines) -> Records:
    """One record per line; plain if its quotes are balanced."""
    plain = lines.is_text & lines.is_in_order
    return Records(np.arange(len(lines.starts)), lines.starts, lines.ends, lines.cells, plain)


def records_of_several_lines(
    data: bytes, lines: Lines, quotes: Indices, delimiter: int, least_cells: int
) -> Records | None:
    """Records of several lines, for a file with balanced quotes and no cell that can hold rows.

    None where that is not plain to see: where a line inside a cell, or both lines at its ends, have so many delimiters
    as a row has.
    """
    letters = np.frombuffer(data, dtype=np.uint8)
    if len(quotes) % 2:
        return None
    opens, closes = quotes[::2], quotes[1::2]
    marks = np.asarray([delimiter, _FEED, _RETURN, QUOTE], dtype=np.uint8)
    may_open = np.isin(letters[np.maximum(opens - 1, 0)], marks) | (opens == 0)
    may_close = np.isin(letters[np.minimum(closes + 1, len(letters) - 1)], marks) | (
        closes == len(letters) - 1
    )
    if not (may_open.all() and may_close.all()):
        return None
    # A doubled quote closes and opens the same cell.
    begins = np.append(True, opens[1:] != closes[:-1] + 1)
    first = np.searchsorted(lines.starts, opens[begins], side="right") - 1
    last = np.searchsorted(lines.starts, closes[np.append(begins[1:], True)], side="right") - 1
    first, last = first[last > first], last[last > first]
    is_wide = lines.delimiters >= least_cells - 1
    wide_before = np.append(0, np.cumsum(is_wide))
    if (wide_before[last] > wide_before[first + 1]).any() or (is_wide[first] & is_wide[last]).any():
        return None
    depth = np.zeros(len(lines.starts) + 1, dtype=np.int64)
    np.add.at(depth, first + 1, 1)
    np.add.at(depth, last + 1, -1)
    begin = np.flatnonzero(np.cumsum(depth[:-1]) == 0)
    end = np.append(begin[1:], len(lines.starts)) - 1
    is_plain = np.logical_and.reduceat(lines.is_text, begin)
    return Records(
        begin, lines.starts[begin], lines.ends[end], np.add.reduceat(lines.even, begin) + 1, is_plain
    )


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
