"""The release over all years: vintages, restatements, annexes with a year, figures as printed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.commands.releases import roll_back
from orchestration.errors import Refusal
from orchestration.ingest.sources import SourceRefused
from orchestration.paths import Home
from orchestration.release.all_years import all_years_are_current, publish_all_years
from orchestration.release_store import ALL_YEARS, ReleaseDamaged, ReleaseStore
from orchestration.storage import read_csv
from tests.support.released_figures import release_figures as release

FIRST, SECOND, PRINTED = 2031, 2032, 2030


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


def figures(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["year"], row["figure_id"]): row for row in read_csv(folder / "figures.csv")}


def test_years_stand_side_by_side(home: Home, raw: Path) -> None:
    release(home, FIRST, 3)
    release(home, SECOND, 4, further="videos")
    made = publish_all_years(home, raw)
    assert made.release == "all-years-r1"
    rows = read_csv(made.folder / "figures.csv")
    assert [(row["figure_id"], row["year"], row["value"]) for row in rows] == [
        ("members_new", "2031", "3"),
        ("members_new", "2032", "4"),
        ("activated_share", "2031", "50"),
        ("activated_share", "2032", "50"),
    ]
    news = [(row["year"], row["news"]) for row in read_csv(made.folder / "annex_activity.csv")]
    assert news == [("2031", "3"), ("2032", "4")]
    with duckdb.connect(str(made.folder / "warehouse.duckdb"), read_only=True) as connection:
        sql = "select year, value from figures where figure_id = 'members_new' order by year"
        assert connection.sql(sql).fetchall() == [(2031, Decimal(3)), (2032, Decimal(4))]
        assert connection.sql("select year, title from videos").fetchall() == [(2032, "New kind of list")]
    assert pq.read_table(made.folder / "parquet" / "annex_activity.parquet").num_rows == 2


def test_people_stay_in_the_database_of_their_year(home: Home, raw: Path) -> None:
    release(home, FIRST, 3)
    folder = publish_all_years(home, raw).folder
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        named = "select count(*) from duckdb_columns() where column_name = 'person_key'"
        assert connection.sql(named).fetchall() == [(0,)]
    assert not (folder / "parquet" / "attendances.parquet").exists()


def test_what_was_known_when_outlives_a_removed_release(home: Home, raw: Path) -> None:
    release(home, FIRST, 3)
    publish_all_years(home, raw)
    release(home, FIRST, 4)
    assert not all_years_are_current(home, raw)
    folder = publish_all_years(home, raw).folder
    row = figures(folder)["2031", "members_new"]
    assert (row["value"], row["release"], row["is_restated"]) == ("4", "2031-r2", "true")
    assert figures(folder)["2031", "activated_share"]["is_restated"] == "false"
    ReleaseStore(home, FIRST).prune(keep=1)
    release(home, FIRST, 5)
    folder = publish_all_years(home, raw).folder
    vintages = [row for row in read_csv(folder / "figure_vintages.csv") if row["figure_id"] == "members_new"]
    assert [(row["release"], row["value"], row["is_current"]) for row in vintages] == [
        ("2031-r1", "3", "false"),
        ("2031-r2", "4", "false"),
        ("2031-r3", "5", "true"),
    ]
    assert all(row["released_on"] for row in vintages)


def test_a_value_put_back_is_no_restatement(home: Home, raw: Path) -> None:
    first = release(home, FIRST, 3)
    release(home, FIRST, 4)
    ReleaseStore(home, FIRST).roll_back(first, "the newer one was wrong")
    row = figures(publish_all_years(home, raw).folder)["2031", "members_new"]
    assert (row["value"], row["is_restated"]) == ("3", "false")


def test_the_same_releases_make_no_new_one(home: Home, raw: Path) -> None:
    release(home, FIRST, 3)
    made = publish_all_years(home, raw)
    assert made.is_new
    assert all_years_are_current(home, raw)
    again = publish_all_years(home, raw)
    assert (again.release, again.is_new) == (made.release, False)


def printed(raw: Path, rows: str) -> None:
    folder = raw / str(PRINTED) / "published"
    folder.mkdir(parents=True)
    text = f"figure_id,printed,value,qualifier,step\n{rows}"
    (folder / "figures.csv").write_text(text, encoding="utf-8")


def test_a_printed_year_enters_by_its_figures_alone(home: Home, raw: Path) -> None:
    release(home, FIRST, 3)
    printed(
        raw, 'members_new,two of them,2,exact,\nactivated_share,"72,7%",72.7,exact,\nunknown,x,1,exact,\n'
    )
    folder = publish_all_years(home, raw).folder
    row = figures(folder)["2030", "members_new"]
    assert (row["value"], row["release"], row["display_fr"]) == ("2", "print", "+2")
    assert figures(folder)["2030", "activated_share"]["display_es"] == "72,7\u00a0%"
    assert ("2030", "unknown") not in figures(folder)
    page = (folder / "site" / "index.html").read_text(encoding="utf-8")
    assert "in print" in page
    release(home, PRINTED, 1)
    assert figures(publish_all_years(home, raw).folder)["2030", "members_new"]["release"] == "2030-r1"


def test_a_row_of_print_that_cannot_be_read_is_named(home: Home, raw: Path) -> None:
    release(home, FIRST, 3)
    printed(raw, "members_new,two,two,exact,\n")
    with pytest.raises(Refusal, match=r"2030/published/figures\.csv, line 2, value: "):
        publish_all_years(home, raw)
    assert ReleaseStore(home, ALL_YEARS).current() is None


def test_figures_of_print_that_are_no_table_are_named(home: Home, raw: Path) -> None:
    release(home, FIRST, 3)
    folder = raw / str(PRINTED) / "published"
    folder.mkdir(parents=True)
    (folder / "figures.csv").write_text("Sign in\n", encoding="utf-8")
    with pytest.raises(SourceRefused, match=r"2030/published/figures\.csv: found .*Sign in"):
        publish_all_years(home, raw)


def test_without_a_released_year_there_is_nothing_to_compare(home: Home, raw: Path) -> None:
    with pytest.raises(Refusal, match="no year is released yet"):
        publish_all_years(home, raw)


def test_a_rollback_without_the_exports_keeps_the_years_of_print(
    home: Home, raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = release(home, FIRST, 3)
    release(home, FIRST, 4)
    printed(raw, "members_new,two of them,2,exact,\n")
    made = publish_all_years(home, raw)
    assert roll_back(home, tmp_path / "elsewhere", first, "", 0) == 0
    assert "the next build makes the release over all years anew" in capsys.readouterr().err
    assert ReleaseStore(home, ALL_YEARS).current() == made.release
    assert not all_years_are_current(home, raw)


def test_a_damaged_year_is_not_taken(home: Home, raw: Path) -> None:
    name = release(home, FIRST, 3)
    path = home.releases(FIRST) / name / "figures.csv"
    path.chmod(0o644)
    path.write_text("figure_id\n", encoding="utf-8")
    with pytest.raises(ReleaseDamaged, match=r"2031-r1/figures\.csv"):
        publish_all_years(home, raw)


def test_a_writing_that_fails_leaves_the_last_one_current(
    home: Home, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(home, FIRST, 3)
    made = publish_all_years(home, raw)
    release(home, FIRST, 4)
    monkeypatch.setattr("orchestration.release.all_years.writing.write_page", _disk_is_full)
    with pytest.raises(OSError, match="No space"):
        publish_all_years(home, raw)
    store = ReleaseStore(home, ALL_YEARS)
    assert store.current() == made.release
    assert [each.name for each in store.folder.iterdir() if each.name.startswith(".")] == []


def _disk_is_full(*_: object) -> None:
    raise OSError(28, "No space left on device")
