"""Declared corrections: the row is found, the old value is still there, the new one can be read."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.source_inventory import write_corrected_values
from orchestration.ingest.sources import SourceRefused, ingest_source
from tests.support.landing import LandedYear, land_year

Row = dict[str, Any]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def year(exports: Path) -> Path:
    """A year with a few known rows."""
    (exports / "website/videos.csv").write_text(
        "title,published_on,project\nFirst,2019-03-01,P001\nSecond,2019-04-01,\nSecond,2019-04-01,\n",
        encoding="utf-8",
    )
    return exports


def declare(exports: Path, *rows: tuple[str, str, str, str, str]) -> None:
    with (exports / "corrections.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["source_file", "key", "field", "old", "new", "reason", "by", "on"])
        writer.writerows([*row, "mended", "report team", "2020-01-15"] for row in rows)


def corrected(exports: Path, tmp_path: Path) -> list[Row]:
    landed: LandedYear = land_year(exports, tmp_path / "landing")
    return landed.rows("corrected_values")


def refused(exports: Path, tmp_path: Path) -> str:
    with pytest.raises(SourceRefused) as caught:
        corrected(exports, tmp_path)
    return str(caught.value)


VIDEO = ("website/videos.csv", "First|2019-03-01", "published_on")


def test_a_day_is_corrected(year: Path, tmp_path: Path) -> None:
    declare(year, (*VIDEO, "2019-03-01", "2018-12-31"))
    (row,) = corrected(year, tmp_path)
    assert (row["table_name"], row["source_file"], row["source_line"], row["column_name"]) == (
        "videos", "website/videos.csv", 2, "published_on",
    )  # fmt: skip
    assert (row["old_value"], row["new_value"]) == ("2019-03-01", "2018-12-31")
    assert (row["reason"], row["corrected_by"]) == ("mended", "report team")


def published_on(landed: LandedYear) -> list[str]:
    return [row["published_on"].isoformat() for row in landed.rows("videos")]


def test_the_new_value_stands_in_its_own_row_and_column(year: Path, tmp_path: Path) -> None:
    before = land_year(year, tmp_path / "before").rows("videos")
    declare(year, (*VIDEO, "2019-03-01", "2018-12-31"), ("website/videos.csv", "line 3", "project", "", "P9"))
    after = land_year(year, tmp_path / "after").rows("videos")
    expected = [dict(row) for row in before]
    expected[0]["published_on"] = date(2018, 12, 31)
    expected[1]["project"] = "P9"
    assert after == expected


def test_a_corrected_table_is_kept_and_one_without_its_correction_lands_again(
    year: Path, tmp_path: Path
) -> None:
    declare(year, (*VIDEO, "2019-03-01", "2018-12-31"))
    landed = land_year(year, tmp_path / "landing")
    assert published_on(landed)[0] == "2018-12-31"
    again = ingest_source(landed.landing, load_contracts()["videos"])
    assert again.was_cached and [each.new_value for each in again.corrected] == ["2018-12-31"]
    (year / "corrections.csv").unlink()
    restored = land_year(year, tmp_path / "landing")
    assert published_on(restored)[0] == "2019-03-01"
    assert restored.rows("corrected_values") == []


def test_a_correction_that_came_after_its_source_was_landed_is_not_passed_over(
    year: Path, tmp_path: Path
) -> None:
    landed = land_year(year, tmp_path / "landing")
    declare(year, (*VIDEO, "2019-03-01", "2018-12-31"))
    ingest_source(landed.landing, load_contracts()["corrections"])
    states = [state for name in load_contracts() if (state := landed.landing.read_state(name))]
    with pytest.raises(SourceRefused, match=r"corrections\.csv, line 2"):
        write_corrected_values(landed.landing, states)


def test_a_row_may_be_named_by_its_line(year: Path, tmp_path: Path) -> None:
    declare(year, ("website/videos.csv", "line 4", "project", "", "P002"))
    (row,) = corrected(year, tmp_path)
    assert (row["source_line"], row["old_value"], row["new_value"]) == (4, None, "P002")


def test_a_place_takes_its_key_along(year: Path, tmp_path: Path) -> None:
    case = rows_of(year / "use/cases.csv")[0]
    key = f"{case['case_id']}|{case['updated_on']}"
    declare(year, ("use/cases.csv", key, "city", case["city"], "São Paulo"))
    found = {row["column_name"]: row["new_value"] for row in corrected(year, tmp_path)}
    assert found == {"city_text": "São Paulo", "city_key": "sao paulo"}


def test_a_country_takes_its_code_along(year: Path, tmp_path: Path) -> None:
    case = next(row for row in rows_of(year / "use/cases.csv") if row["country"])
    key = f"{case['case_id']}|{case['updated_on']}"
    declare(year, ("use/cases.csv", key, "country", case["country"], "South Korea"))
    found = {row["column_name"]: row["new_value"] for row in corrected(year, tmp_path)}
    assert found == {"country_text": "South Korea", "country_code": "KR", "country_key": "KR"}


def test_an_amount_is_read_as_the_ledger_writes_it(year: Path, tmp_path: Path) -> None:
    path = year / "fees/ledger.csv"
    with path.open(encoding="cp1252", newline="") as stream:
        entry = next(iter(csv.DictReader(stream, delimiter=";")))
    declare(year, ("fees/ledger.csv", entry["entry_no"], "amount", entry["amount"], "1.234,50"))
    (row,) = corrected(year, tmp_path)
    assert row["new_value"] == "1234.5000"


def test_a_moment_takes_its_madrid_day_along(year: Path, tmp_path: Path) -> None:
    landed = land_year(year, tmp_path / "before")
    first = landed.rows("initiatives")[0]
    (year / "corrections.csv").unlink(missing_ok=True)
    old = f"{first['uploaded_at'].isoformat()}+00:00"
    declare(year, ("c4gh/initiatives.json", first["id"], "uploaded_at", old, "2019-12-31T23:30:00+00:00"))
    found = {row["column_name"]: row["new_value"] for row in corrected(year, tmp_path)}
    assert found == {"uploaded_at": "2019-12-31 23:30:00", "uploaded_on": "2020-01-01"}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ((*VIDEO, "2019-03-02", "2018-12-31"), "another value than the declared old one, 2019-03-02"),
        ((*VIDEO, "2019-03-01", "some day"), "a new value that cannot be read"),
        ((*VIDEO, "some day", "2019-03-01"), "a old value that cannot be read"),
        (("website/videos.csv", "Third|2019-03-01", "title", "a", "b"), "0 rows with this key"),
        (("website/videos.csv", "Second|2019-04-01", "title", "Second", "b"), "2 rows with this key"),
        (("website/videos.csv", "First|2019-03-01", "colour", "a", "b"), "a field that cannot be corrected"),
        (("website/films.csv", "First", "title", "a", "b"), "a file of no contract"),
        (("events/speakers.csv", "line 2", "email", "a@example.org", "b"), "a field that cannot be corrected"),
        (("events/speakers.csv", "line 2", "full_name", "a", "b"), "a field that cannot be corrected"),
    ],
)  # fmt: skip
def test_a_correction_that_no_longer_fits_is_refused(
    year: Path, tmp_path: Path, row: tuple[str, str, str, str, str], found: str
) -> None:
    declare(year, row)
    message = refused(year, tmp_path)
    assert message.startswith("corrections.csv, line 2: found ")
    assert found in message


def test_every_correction_that_does_not_fit_is_named(year: Path, tmp_path: Path) -> None:
    wrong = ("website/films.csv", "x", "title", "a", "b")
    declare(year, wrong, (*VIDEO, "2019-03-01", "2018-12-31"), wrong)
    message = refused(year, tmp_path)
    assert "line 2" in message and "line 4" in message and "line 3" not in message
