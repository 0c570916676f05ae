"""``metropolis check``, from the command line and as a job."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

from orchestration.commands.check import check_year
from orchestration.commands.common import WrongCall
from orchestration.definitions import build_defs
from orchestration.paths import Home
from orchestration.resources import report_years
from tests.conftest import SMALL_YEAR, snapshot
from tests.support.disasters import halved
from tests.support.landing import land_year
from tests.support.released import release_landed


@pytest.fixture
def raw(small_raw: Path, tmp_path: Path) -> Path:
    """The small year, to break things in."""
    folder = tmp_path / "raw"
    shutil.copytree(small_raw, folder)
    return folder


@pytest.fixture
def home(raw: Path, tmp_path: Path) -> Home:
    """A home in which the small year is released."""
    home = Home(tmp_path / "home")
    release_landed(land_year(raw / str(SMALL_YEAR), tmp_path / "landing"), home)
    return home


def test_exports_that_hold_are_told_with_their_notes(
    raw: Path, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(home.folder)
    assert check_year(home, raw, SMALL_YEAR) == 0
    assert "none forbids a release" in capsys.readouterr().out
    # A check leaves nothing behind.
    assert snapshot(home.folder) == before


def test_exports_that_would_be_refused_are_told_by_owner(
    raw: Path, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    halved("use/cases.csv")(raw / str(SMALL_YEAR), raw)
    assert check_year(home, raw, SMALL_YEAR) == 1
    said = capsys.readouterr().out
    # Who has something to mend comes first.
    assert said.startswith("use team\n  ✗ use/cases.csv: ")
    assert "would be refused" in said


def test_exports_that_cannot_be_read_are_all_named(
    raw: Path, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    exports = raw / str(SMALL_YEAR)
    (exports / "use/cases.csv").write_text("nothing,like,it\n", encoding="utf-8")
    (exports / "registers/staff.csv").unlink()
    assert check_year(home, raw, SMALL_YEAR) == 2
    said = capsys.readouterr().out
    assert "use/cases.csv: found a header without" in said
    assert "registers/staff.csv: found no file" in said
    with pytest.raises(WrongCall, match="no exports of 1999"):
        check_year(home, raw, 1999)


def test_the_job_checks_exports_and_makes_no_model(raw: Path, home: Home) -> None:
    halved("use/cases.csv")(raw / str(SMALL_YEAR), raw)
    defs = build_defs(raw=raw, home=home.folder)
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions(str(report_years.name), [str(SMALL_YEAR)])
        job = defs.resolve_job_def("check")
        result = job.execute_in_process(
            instance=instance, partition_key=str(SMALL_YEAR), raise_on_error=False
        )
    assert not result.success
    (evaluation,) = result.get_asset_check_evaluations()
    assert (evaluation.check_name, evaluation.passed) == ("exports_hold", False)
    (failed,) = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    assert failed is not None and failed.cause is not None
    assert "ExportsRefused: use/cases.csv: " in failed.cause.message.splitlines()[0]
    made = {event.asset_key.path[0] for event in result.get_asset_materialization_events() if event.asset_key}
    assert made == {"landing"}
