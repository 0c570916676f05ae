"""dbt as people run it: in a clone of the project, on the landing that lies in its home.

No variable of this project is set, unless a test says so. The clone holds the dbt project and a home with the small
year as landed; what dbt writes stays in it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.paths import DBT_FOLDER
from tests.conftest import SMALL_YEAR, Warehouse, snapshot

DBT = Path(sys.executable).with_name("dbt")
YEAR_BEFORE = SMALL_YEAR - 1


@dataclass(frozen=True)
class Clone:
    """A clone of the project after a build: ``dbt_project`` and ``.metropolis``."""

    folder: Path

    @property
    def project(self) -> Path:
        """The dbt project."""
        return self.folder / "dbt_project"

    @property
    def home(self) -> Path:
        """The home that a build without options makes."""
        return self.folder / ".metropolis"

    def dbt(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """``cd dbt_project && dbt ...``, with no variable of this project but those given."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("METROPOLIS_", "DBT_"))}
        return subprocess.run(
            [DBT, *arguments],
            cwd=self.project,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def result(self, *arguments: str, **variables: str) -> str:
        """The output of a command that must succeed."""
        done = self.dbt(*arguments, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rows(self, sql: str, database: str = "dev.duckdb") -> list[Any]:
        """What a development database answers."""
        with duckdb.connect(str(self.home / database), read_only=True) as connection:
            return list(connection.execute(sql).fetchall())


def clone(folder: Path, warehouse: Warehouse) -> Clone:
    """A clone of the project, beside a home with only the landing of the small year."""
    made = Clone(folder)
    ignored = shutil.ignore_patterns("target", "logs", "__pycache__", ".user.yml")
    shutil.copytree(DBT_FOLDER, made.project, ignore=ignored)
    shutil.copytree(warehouse.home / "landing", made.home / "landing")
    return made


@pytest.fixture(scope="module")
def built(released: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone in which ``dbt build`` has run."""
    made = clone(tmp_path_factory.mktemp("clone"), released)
    assert "ERROR=0" in made.result("build")
    return made


def test_models_are_those_of_a_build_of_the_newest_landing(built: Clone, released: Warehouse) -> None:
    sql = "select * from main.figures order by figure_id"
    build = released.home / "builds" / str(SMALL_YEAR) / "build.duckdb"
    with duckdb.connect(str(build), read_only=True) as connection:
        assert built.rows(sql) == connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    "command",
    ["parse", "ls", "test --select figures", "show --select figures", "docs generate"],
)
def test_a_command_works_without_any_variable(built: Clone, command: str) -> None:
    said = built.result(*command.split())
    if command.startswith("show"):
        assert f"| {SMALL_YEAR} |" in said
    if command.startswith("docs"):
        catalogue = json.loads((built.project / "target" / "catalog.json").read_text(encoding="utf-8"))
        node = catalogue["nodes"]["model.metropolis.figures"]
        assert node["metadata"]["comment"].startswith("The figures of the annual report")
        assert node["columns"]["value"]["comment"]


def test_a_selection_tests_what_it_built_and_nothing_else(released: Warehouse, tmp_path: Path) -> None:
    fresh = clone(tmp_path, released)
    said = fresh.result("build", "--select", "+figures")
    assert "PASS relationships_figures_figure_id__figure_id__ref_figure_catalogue_" in said
    assert "PASS figure_catalogue_agrees" in said
    # It reads a mart that figures is not made of.
    assert "evidence_rows_make_up_the_figures" not in said


def test_another_year_has_a_database_of_its_own(built: Clone) -> None:
    landing = built.home / "landing"
    shutil.copytree(landing / str(SMALL_YEAR), landing / str(YEAR_BEFORE))
    try:
        calendar = ("--select", "+calendar", "--exclude", "test_type:unit")
        built.result("build", *calendar, "--vars", f"report_year: {YEAR_BEFORE}")
        landed = built.rows(
            "select sql from duckdb_views() where view_name = 'programme'", f"dev_{YEAR_BEFORE}.duckdb"
        )
        assert f"/landing/{YEAR_BEFORE}/" in landed[0][0]
        built.result("show", "--select", "figures")
        assert built.rows("select distinct year from main.figures") == [(SMALL_YEAR,)]
    finally:
        shutil.rmtree(landing / str(YEAR_BEFORE))


def test_a_year_that_was_never_landed_is_said(built: Clone) -> None:
    done = built.dbt("build", "--vars", "report_year: 1999")
    assert done.returncode != 0
    assert re.search(r"There is no landing in \S+/landing/1999: build that year", done.stdout)
    assert "Traceback" not in done.stdout + done.stderr


def test_a_home_without_a_landing_is_said(built: Clone, tmp_path: Path) -> None:
    done = built.dbt("build", METROPOLIS_HOME=str(tmp_path))
    assert done.returncode != 0
    assert f"There is no landing in {tmp_path}/landing: run make report" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_landing_without_its_year_is_refused(built: Clone) -> None:
    landing = str(built.home / "landing" / str(SMALL_YEAR))
    # The landing alone does not say which dates are of the year.
    done = built.dbt("build", "--select", "figures", METROPOLIS_LANDING=landing)
    assert done.returncode != 0
    assert "METROPOLIS_LANDING is set, and no year is" in done.stdout


@pytest.mark.parametrize(("days", "status", "code"), [(400, "warn", 0), (500, "error", 1)])
def test_freshness_is_the_age_of_the_landing(built: Clone, days: int, status: str, code: int) -> None:
    landed = built.home / "landing" / str(SMALL_YEAR) / "videos.parquet"
    then = (datetime.now() - timedelta(days=days)).timestamp()
    os.utime(landed, (then, then))
    done = built.dbt("source", "freshness", "--select", "source:landing.videos")
    assert done.returncode == code, done.stdout
    found = json.loads((built.project / "target" / "sources.json").read_text(encoding="utf-8"))
    (result,) = found["results"]
    assert result["status"] == status
    assert result["max_loaded_at_time_ago_in_s"] == pytest.approx(days * 86400, abs=600)


def manifest(built: Clone) -> dict[str, Any]:
    node: dict[str, Any] = json.loads((built.project / "target" / "manifest.json").read_text("utf-8"))
    return node


def of_type(node: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {key: each for key, each in node["nodes"].items() if each["resource_type"] == kind}


def test_every_data_test_says_what_holds(built: Clone) -> None:
    tests = of_type(manifest(built), "test")
    assert len(tests) > 60
    assert [key for key, each in tests.items() if not each["description"]] == []


def test_every_model_has_somebody_who_answers_for_it(built: Clone) -> None:
    node = manifest(built)
    owned = {group["name"] for group in node["groups"].values() if group["owner"]["name"]}
    assert [k for k, each in of_type(node, "model").items() if each["group"] not in owned] == []


def test_what_is_released_is_exposed(built: Clone) -> None:
    node = manifest(built)
    exposed = {each["name"]: set(each["depends_on"]["nodes"]) for each in node["exposures"].values()}
    assert exposed.keys() == {"release", "site", "workbook", "data_package"}
    public = {key for key, each in of_type(node, "model").items() if each["access"] == "public"}
    assert exposed["release"] == public | of_type(node, "seed").keys()
    assert all(each <= exposed["release"] for each in exposed.values())
    assert all(each["owner"]["name"] and each["maturity"] for each in node["exposures"].values())


def test_the_shortcut_is_plain_dbt_on_a_home(released: Warehouse, tmp_path: Path) -> None:
    warehouse = Warehouse(released.raw, tmp_path / "home", released.year)
    shutil.copytree(released.home / "landing", warehouse.home / "landing")
    year = str(SMALL_YEAR)
    made = warehouse.run(
        "dbt", "--year", year, "build", "--select", "+calendar", "--exclude", "test_type:unit"
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert (warehouse.home / f"dev_{year}.duckdb").exists()
    # figures was never built here.
    assert warehouse.run("dbt", "--year", year, "test", "--select", "figures").returncode == 1
    wrong = warehouse.run("dbt", "--year", year, "ls", "--no-such-option")
    assert wrong.returncode == 2


def test_the_shortcut_says_what_is_wrong_with_a_call(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "raw", tmp_path / "home")
    nowhere = warehouse.run("dbt", "ls")
    assert (nowhere.returncode, "there is no home" in nowhere.stderr) == (2, True)
    warehouse.home.mkdir()
    twice = warehouse.run("dbt", "--year", "2019", "ls", "--vars", "report_year: 2018")
    assert (twice.returncode, "given twice" in twice.stderr) == (2, True)


def test_plain_dbt_never_disturbs_a_build(released: Warehouse, tmp_path: Path) -> None:
    warehouse = released.copy(tmp_path)
    before = snapshot(warehouse.home / "builds")
    for command in (["parse"], ["run", "--select", "stg_videos"]):
        assert warehouse.run("dbt", *command).returncode == 0
    assert snapshot(warehouse.home / "builds") == before
    # Neither is the year taken for changed.
    unchanged = warehouse.build()
    assert unchanged.returncode == 0, unchanged.stderr
    assert unchanged.stdout.startswith("Unchanged: neither exports nor code differ")
