"""Hypothesis strategies and settings that several property tests share."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from orchestration.ingest.contracts import Contract, load_contracts

# The same examples every time, and few enough for every run of the tests.
BOUNDED = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SOURCES = sorted(load_contracts())

AWKWARD = (
    "", " ", "\u00a0", "\t", "x", "X", "yes", "no", "maybe", "0", "1", "-1", "007", "12,5", "1.234,56",
    "1234567890123456789", "99999999999999,9", "12345678901234", "NaN", "inf", "1e9", "٣", "２", "--", "?",
    "2019-02-30", "2019-02-28", "0000-01-01", "9999-12-31", "31/12/2019", "1/1/2019", "31/12/2019 23:59",
    "Feb 16, 2019 03:52:10 PM", "feb 6, 2019 13:52:10", "02/16/2019 03:52:10 PM", "13/16/2019 03:52:10 PM",
    "14/11/19, 09:29:07", "11/14/19, 9:29:07 AM", "9999-12-31T23:30:00+00:00", "0001-01-01T00:00:00+14:00",
    "2019-06-30T10:00:00+02:00", "2019-06-30T10:00:00", "2019-06-30T25:00:00+02:00", "Approved", "Woman", "F",
    "prefer not to say", "published", "draft", "reversal", "invoice", "M001", "E2019-001", "a|b| |c", "|",
    "=1+1", "@cmd", "'", '"', '""', "a\nb", "a\r\nb", "a\rb", "a,b", "a;b", "a\tb", "Москва", "臺北", "\u200b",
    "Attendee Details", "Other Attended", "2. Participants", "somebody@example.org", "A@EXAMPLE.ORG ",
    "\udcff", "\ufeff", "\u2028", "\x1c", "🏙", "e\u0301" * 3, "a" * 300,
)  # fmt: skip

cells = st.sampled_from(AWKWARD) | st.text(max_size=12)


def written(rows: Sequence[Sequence[str]], contract: Contract, line_end: str, quote_all: bool) -> bytes:
    """Rows as delimited text in the first encoding of a contract."""
    buffer = io.StringIO()
    writer = csv.writer(
        buffer,
        delimiter=contract.format.delimiter,
        lineterminator=line_end,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerows(rows)
    encoding = "utf-8" if "utf-8" in contract.format.encodings else contract.format.encodings[0]
    if encoding == "cp1252":
        return buffer.getvalue().encode(encoding, "replace")
    return buffer.getvalue().encode(encoding, "surrogateescape" if encoding == "utf-8" else "surrogatepass")


@st.composite
def tables(draw: st.DrawFn, contract: Contract) -> tuple[list[str], list[list[str]]]:
    """A header with the columns of a contract in any order, others between; and rows of any width."""
    names = [column.headers[0] for column in contract.columns]
    header = draw(st.permutations(names))
    if draw(st.booleans()):
        header = [*header, "Something else"]
    width = len(header)
    good = st.lists(cells, min_size=width, max_size=width)
    rows = draw(st.lists(good | st.lists(cells, max_size=width + 2), max_size=6))
    return list(header), rows


def sections(contract: Contract, header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """The rows of a file: below the header alone, or in the section of a report that has several."""
    if contract.format.kind == "zoom_report":
        head = [["Attendee Report"], ["Host Details", ""], ["Name", "Email"], ["a", "b@example.org", "c"]]
        return [
            *head,
            [contract.format.section, ""],
            header,
            *rows,
            ["Other Attended", ""],
            ["Name"],
            ["+34"],
        ]
    if contract.format.kind == "teams_report":
        head = [["1. Summary"], ["Meeting title", "x"], [], [f"2. {contract.format.section}"]]
        return [*head, header, *rows, [], ["3. In-Meeting Activities"], ["Name"], ["x"]]
    return [header, *rows]
