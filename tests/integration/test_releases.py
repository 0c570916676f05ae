"""Later releases: changes, rollback, and what a closed year allows."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.build import build_of
from orchestration.paths import Home
from orchestration.release.database import write_database
from orchestration.release.publish import ReleaseRefused, publish
from orchestration.release.tables import Table, read_tables, write_csv
from orchestration.release_store import PROVENANCE
from orchestration.storage import read_json, write_json
from tests.conftest import SMALL_YEAR, Warehouse, snapshot


def rewrite(path: Path, change: dict[str, str]) -> None:
    """Replaces whole values in a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[change.get(cell, cell) for cell in row] for row in rows])


def test_a_changed_export_makes_the_next_release(changed: Warehouse) -> None:
    assert changed.latest.resolve().name == f"{SMALL_YEAR}-r2"
    changes = (changed.latest / "changes.md").read_text(encoding="utf-8")
    assert "(videos)" in changes
    assert "website/videos.csv: changed" in changes


def test_diff_names_what_moved(changed: Warehouse) -> None:
    result = changed.run("diff", f"{SMALL_YEAR}-r1", f"{SMALL_YEAR}-r2")
    assert result.returncode == 0
    assert "videos" in result.stdout
    assert "website/videos.csv" in result.stdout
    assert "participants " not in result.stdout


def test_rollback_is_one_step_and_logged(changed: Warehouse, tmp_path: Path) -> None:
    warehouse = changed.copy(tmp_path)
    before = snapshot(warehouse.releases / f"{SMALL_YEAR}-r2")
    result = warehouse.run("rollback", f"{SMALL_YEAR}-r1", "--reason", "the video was withdrawn")
    assert result.returncode == 0
    assert warehouse.latest.resolve().name == f"{SMALL_YEAR}-r1"
    assert snapshot(warehouse.releases / f"{SMALL_YEAR}-r2") == before
    listed = warehouse.run("releases").stdout
    assert "the video was withdrawn" in listed
    assert warehouse.run("rollback", f"{SMALL_YEAR}-r9").returncode == 2


CORRECTION_REASON = "Published the day before the year"
RESTATEMENT_REASON = "Videos were filed late"


@dataclass(frozen=True)
class Amended:
    """A year after a rollback, closed and amended, and its build before the restatement."""

    warehouse: Warehouse
    refused: subprocess.CompletedProcess[str]
    stood: bool
    videos: int


@pytest.fixture(scope="module")
def amended(changed: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Amended:
    """Two videos more than in the first release, which is current again, and one that a correction takes away."""
    warehouse = changed.copy(tmp_path_factory.mktemp("amended"))
    assert warehouse.run("rollback", f"{SMALL_YEAR}-r1").returncode == 0
    old = _videos(warehouse)
    _close(warehouse)
    _correct(warehouse)
    with (warehouse.exports / "website" / "videos.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"One more video,{SMALL_YEAR}-06-06,\n")
    standing = snapshot(warehouse.releases)
    refused = warehouse.build()
    stood = snapshot(warehouse.releases) == standing
    (warehouse.exports / "restatements.csv").write_text(
        "kind,key,old,new,reason,by,on\n"
        f"figure,videos,{old},{old + 1},{RESTATEMENT_REASON},report team,{SMALL_YEAR + 1}-06-01\n",
        encoding="utf-8",
    )
    accepted = warehouse.build()
    assert accepted.returncode == 0, accepted.stderr
    return Amended(warehouse, refused, stood, old + 1)


def _close(warehouse: Warehouse) -> None:
    """Files the current figures as print, which closes the year."""
    folder = warehouse.exports / "published"
    folder.mkdir()
    with (warehouse.latest / "figures.csv").open(encoding="utf-8", newline="") as stream:
        figures = list(csv.DictReader(stream))
    with (folder / "figures.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["figure_id", "printed", "value", "qualifier", "step"])
        for row in figures:
            if row["figure_id"] != "videos":
                writer.writerow([row["figure_id"], row["display_en"], row["value"], "exact", ""])


def _correct(warehouse: Warehouse) -> None:
    """Declares that a video of the year was published before it."""
    video = _first_video(warehouse)
    key = f"{video['title'].strip()}|{video['published_on'].strip()}"
    with (warehouse.exports / "corrections.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["source_file", "key", "field", "old", "new", "reason", "by", "on"])
        writer.writerow(
            ["website/videos.csv", key, "published_on", video["published_on"].strip(),
             f"{SMALL_YEAR - 1}-12-31", CORRECTION_REASON, "communications", f"{SMALL_YEAR + 1}-01-15"]
        )  # fmt: skip


def _first_video(warehouse: Warehouse) -> dict[str, str]:
    with (warehouse.exports / "website" / "videos.csv").open(encoding="utf-8", newline="") as stream:
        return next(r for r in csv.DictReader(stream) if r["published_on"].startswith(str(SMALL_YEAR)))


def _videos(warehouse: Warehouse) -> int:
    with (warehouse.latest / "figures.csv").open(encoding="utf-8", newline="") as stream:
        return next(int(r["value"]) for r in csv.DictReader(stream) if r["figure_id"] == "videos")


def test_build_after_rollback_releases_again(amended: Amended) -> None:
    assert amended.warehouse.latest.resolve().name == f"{SMALL_YEAR}-r3"


def test_a_closed_year_changes_only_when_restated(amended: Amended) -> None:
    assert amended.refused.returncode == 1
    assert "videos" in amended.refused.stderr
    assert amended.stood
    assert RESTATEMENT_REASON in (amended.warehouse.latest / "changes.md").read_text("utf-8")


def test_a_correction_is_applied_and_shown(amended: Amended) -> None:
    assert _videos(amended.warehouse) == amended.videos
    assert CORRECTION_REASON in (amended.warehouse.latest / "changes.md").read_text("utf-8")


def test_a_correction_of_what_changed_is_stale(amended: Amended, tmp_path: Path) -> None:
    warehouse = amended.warehouse.copy(tmp_path)
    video = _first_video(warehouse)
    rewrite(warehouse.exports / "website" / "videos.csv", {video["published_on"]: f"{SMALL_YEAR}-02-02"})
    stale = warehouse.build()
    assert stale.returncode == 2
    assert "corrections.csv" in stale.stderr


def test_a_large_mart_leaves_as_parquet_alone(
    released: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.release.database.LARGE_TABLE_ROWS", 500)
    build = build_of(Home(released.home), released.year)
    with duckdb.connect(str(build.database), read_only=True) as connection:
        figures = read_tables(connection)["figures"]
    write_database(build.database, tmp_path, build.manifest, figures)
    facts = f"from read_parquet('{tmp_path / 'parquet' / 'figure_evidence_rows.parquet'}')"
    rows = duckdb.sql(facts).fetchall()
    with duckdb.connect(str(build.database), read_only=True) as connection:
        assert rows == connection.execute("from figure_evidence_rows order by all").fetchall()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        marts = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert len(rows) > 500
    assert "figure_evidence_rows" not in marts
    assert "figures" in marts


def _write_one_row_less(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    write_csv(path, columns, rows[:-1])


def _write_one_figure_less(database: Path, folder: Path, manifest: Path, figures: Table) -> None:
    write_database(database, folder, manifest, figures)
    path = folder / "warehouse.duckdb"
    # Its keys refuse to lose a figure that other tables name.
    path.unlink()
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create table figures as from range({len(figures.rows) - 1})")


@pytest.mark.parametrize(
    ("writer", "broken", "said"),
    [
        ("write_csv", _write_one_row_less, "figures.csv does not read back"),
        ("write_database", _write_one_figure_less, "does not hold every figure"),
    ],
)
def test_what_does_not_read_back_is_no_release(
    released: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    writer: str,
    broken: Callable[..., None],
    said: str,
) -> None:
    warehouse = released.copy(tmp_path)
    # A release of other code is not taken for the same again.
    provenance = warehouse.latest / PROVENANCE
    provenance.chmod(0o644)
    write_json(provenance, {**(read_json(provenance) or {}), "code": "of another version"})
    standing = snapshot(warehouse.releases)
    monkeypatch.setattr(f"orchestration.release.publish.{writer}", broken)
    home = Home(warehouse.home)
    with pytest.raises(ReleaseRefused, match=said):
        publish(build_of(home, warehouse.year), home, warehouse.exports)
    assert snapshot(warehouse.releases) == standing
