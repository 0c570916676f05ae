"""Moments of the platforms: accepted and refused formats, and the order of day and month of a file."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from orchestration.ingest.dates import FORMS, UNREADABLE, decide_orders, read_moments


def moments(form: str, *cells: str) -> list[datetime | None]:
    """The moments of a file with these cells."""
    read = read_moments(pa.array(cells, pa.string()), FORMS[form])
    orders = decide_orders(FORMS[form], [(read, np.ones(len(cells), dtype=np.int64))])
    micros = read.settled(orders).tolist()
    return [
        None if each == UNREADABLE else datetime(1970, 1, 1) + timedelta(microseconds=each) for each in micros
    ]


@pytest.mark.parametrize(
    ("form", "cell", "moment"),
    [
        ("zoom", "Feb 16, 2021 03:52:10 PM", datetime(2021, 2, 16, 15, 52, 10)),
        ("zoom", "Feb 6, 2021 12:00:00 AM", datetime(2021, 2, 6)),
        ("zoom", "Feb 16, 2021 12:00:00 PM", datetime(2021, 2, 16, 12)),
        ("zoom", "Feb 16, 2021 15:52:10", datetime(2021, 2, 16, 15, 52, 10)),
        ("zoom", "02/16/2021 03:52:10 PM", datetime(2021, 2, 16, 15, 52, 10)),
        ("zoom", "02/16/2021 15:52:10", datetime(2021, 2, 16, 15, 52, 10)),
        ("zoom", " Feb 29, 2020 3:52:10 am ", datetime(2020, 2, 29, 3, 52, 10)),
        ("zoom", "Dec 08, 2021, 3:20:00\u202fPM", datetime(2021, 12, 8, 15, 20)),
        ("zoom", "Dec\u00a008, 2021 3:20:00 p. m.", datetime(2021, 12, 8, 15, 20)),
        ("zoom", "2021-02-16", datetime(2021, 2, 16)),
        ("zoom", "2021-02-16 15:52", datetime(2021, 2, 16, 15, 52)),
        ("zoom", "2021-02-16T15:52:10Z", datetime(2021, 2, 16, 16, 52, 10)),
        ("teams", "14/11/22, 09:29:07", datetime(2022, 11, 14, 9, 29, 7)),
        ("teams", "11/14/22, 9:29:07 AM", datetime(2022, 11, 14, 9, 29, 7)),
        ("teams", "11/12/2022, 9:29:07\u202fPM", datetime(2022, 11, 12, 21, 29, 7)),
        ("teams", "11/12/22, 21:29:07", datetime(2022, 12, 11, 21, 29, 7)),
        ("teams", "22.06.21, 15:02:11", datetime(2021, 6, 22, 15, 2, 11)),
        ("teams", "22.6.2021 15.05.00", datetime(2021, 6, 22, 15, 5)),
        ("teams", "22/6/21 15:05", datetime(2021, 6, 22, 15, 5)),
        ("form", "16/02/2021 10:12", datetime(2021, 2, 16, 10, 12)),
        ("form", "16/02/2021 10:12:33", datetime(2021, 2, 16, 10, 12, 33)),
        ("eventbrite", "2021-02-16 10:12:45+01:00", datetime(2021, 2, 16, 10, 12, 45)),
        ("eventbrite", "2021-07-16 10:12:45-04:00", datetime(2021, 7, 16, 16, 12, 45)),
        ("eventbrite", "2021-07-16 10:12:45", datetime(2021, 7, 16, 10, 12, 45)),
        ("eventbrite", "2021-07-16", datetime(2021, 7, 16)),
        ("eventbrite", "11/29/21 22:28", datetime(2021, 11, 29, 22, 28)),
        ("eventbrite", "Sep 26, 2021 7:05 PM", datetime(2021, 9, 26, 19, 5)),
        ("eventbrite", "11/29/21", datetime(2021, 11, 29)),
    ],
)
def test_moments(form: str, cell: str, moment: datetime) -> None:
    assert moments(form, cell) == [moment]


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("zoom", "Feb 30, 2021 03:52:10 PM"), ("zoom", "31/12/2021 03:52:10 PM"), ("zoom", "03:52:10 PM"),
        ("zoom", "Feb 16, 2021 13:52:10 PM"), ("zoom", "Feb 16, 2021 00:52:10 AM"), ("zoom", "Feb 16, 2021 25:52:10"),
        ("zoom", "Fev 16, 2021 15:52:10"), ("zoom", "٢/16/2021 03:52:10 PM"), ("zoom", "2021-02-30"), ("zoom", "--"),
        ("zoom", "0000-01-01"), ("zoom", "9999-12-31T23:30:00-05:00"), ("teams", "14/11/22, 9:29:07 AM"),
        ("teams", "11/14/22, 09:29:07"), ("teams", "2/30/22, 9:29:07 AM"), ("teams", "noon"), ("teams", "15:02:11"),
        ("teams", "22/6.2021 15:05"), ("teams", "22.6.2021 15.05:00"), ("form", "2021-02-16 10:12"),
        ("form", "31/02/2021 10:12"), ("form", "02/16/2021 10:12"), ("form", "1/2/2021 10:12"),
        ("form", "16/02/2021 24:12"), ("form", "16/02/2021"), ("eventbrite", "2021-02-30 10:12:45+01:00"),
        ("eventbrite", "16/02/2021 10:12"), ("eventbrite", "10:12"), ("eventbrite", ""),
    ],
)  # fmt: skip
def test_no_moments(form: str, cell: str) -> None:
    assert moments(form, cell) == [None]


def days(form: str, *cells: str) -> list[str | None]:
    return [f"{moment:%d.%m.}" if moment else None for moment in moments(form, *cells)]


def test_two_cells_that_can_only_be_read_the_other_way_decide_for_the_file() -> None:
    assert days("teams", "22/06/2021, 3:02 PM", "5/9/2021, 3:02 PM") == [None, "09.05."]
    assert days("teams", "22/06/2021, 3:02 PM", "23/06/2021, 3:02 PM", "5/9/2021, 3:02 PM") == [
        "22.06.", "23.06.", "05.09.",
    ]  # fmt: skip


def test_the_usual_order_stays_where_as_many_cells_can_only_be_read_so() -> None:
    other, usual = (
        ["22/06/2021, 3:02 PM", "23/06/2021, 3:02 PM"],
        ["06/24/2021, 3:02 PM", "06/25/2021, 3:02 PM"],
    )
    assert days("teams", *other, *usual) == [None, None, "24.06.", "25.06."]
    assert days("teams", *other, *usual[:1]) == ["22.06.", "23.06.", None]


def test_each_clock_has_an_order_of_its_own() -> None:
    cells = ["06/22/2021 15:02", "06/23/2021 15:02", "06/24/2021", "5/9/2021, 3:02 PM"]
    assert days("teams", *cells[:2], cells[3]) == ["22.06.", "23.06.", "09.05."]
    # A date without time goes with the clock of 24 hours.
    assert days("eventbrite", "22/06/2021 15:02", "23/06/2021", "5/9/2021", "5/9/2021 3:02 PM") == [
        "22.06.", "23.06.", "05.09.", "09.05.",
    ]  # fmt: skip


def test_what_no_order_can_read_decides_nothing() -> None:
    assert days("zoom", "31/31/2021 03:52:10 PM", "40/12/2021 03:52:10 PM", "5/9/2021 03:52:10 PM") == [
        None, None, "09.05.",
    ]  # fmt: skip
