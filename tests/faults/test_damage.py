"""Damaged homes: every command reports the damage in a sentence, and no release is lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from orchestration.cli import run
from orchestration.fingerprints import build_fingerprint
from orchestration.ingest.pseudonyms import forget
from orchestration.paths import Home
from orchestration.release.all_years import publish_all_years
from orchestration.release_store import ReleaseStore
from orchestration.runs import remember
from tests.conftest import METROPOLIS, SMALL_YEAR, Warehouse, snapshot
from tests.support.damage import (
    OF_TEXT,
    Harm,
    copy_home,
    cut_short,
    empty,
    flip_a_bit,
    put,
    remove,
    replace_by_a_file,
    replace_by_a_folder,
)

YEAR = str(SMALL_YEAR)
R1, R2 = f"{YEAR}-r1", f"{YEAR}-r2"
CLASS_NAME = re.compile(r"\b[A-Z]\w*(Error|Exception|Refused|Damaged)\b")
READING = {
    "figures": ["figures", "--year", YEAR],
    "figures csv": ["figures", "--year", YEAR, "--format", "csv"],
    "explain": ["explain", "participants", "--year", YEAR, "--rows"],
    "reconcile": ["reconcile", "--year", YEAR],
    "review": ["review", "--year", YEAR],
    "open": ["open", "--year", YEAR],
    "open data": ["open", "--data", "--year", YEAR],
    "releases": ["releases"],
    "verify": ["releases", "--verify"],
    "diff": ["diff", R1, R2],
    "doctor": ["doctor"],
}
WRITING = {
    "forget": ["forget", "nobody@example.org"],
    "rollback": ["rollback", R1],
    "keep": ["releases", "--keep", "1"],
}


# What a sentence begins with: of most errors, of doctor, of a build that was begun, of a call that click refuses.
_TOLD = ("metropolis: ", "  wrong  ", "nothing was published:", "Error: Invalid value")


@dataclass(frozen=True)
class Told:
    """Output and exit code of a command."""

    code: int
    output: str
    error: str

    def is_decent(self) -> bool:
        """Whether the output is a sentence without traceback or Python class names."""
        text = self.output + self.error
        return (
            "Traceback" not in text
            and "unexpected" not in text
            and not CLASS_NAME.search(self.error)
            and (self.code == 0 or any(each in text for each in _TOLD))
        )


@pytest.fixture(scope="module")
def two_releases(released: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A home with two releases of one year and somebody forgotten; an unchanged build takes the second."""
    folder = tmp_path_factory.mktemp("two releases")
    warehouse = Warehouse(released.raw, folder / "home", released.year)
    copy_home(released.home, warehouse.home)
    store = ReleaseStore(Home(warehouse.home), warehouse.year)
    first = store.release(R1)
    forget(warehouse.home / "forgotten.json", "0" * 32)
    aside = store.begin()
    for name in first.hashes:
        (aside / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(first.folder / name, aside / name)
    given = {name: first.provenance[name] for name in ("year", "code", "exports", "guards")}
    store.publish(aside, R2, {**given, "previous": R1, "forgotten": 1})
    remember(Home(warehouse.home), SMALL_YEAR, build_fingerprint(warehouse.exports, "duckdb", ""), R2)
    publish_all_years(Home(warehouse.home), warehouse.raw)
    return warehouse


Call = Callable[..., Told]


@pytest.fixture
def home(two_releases: Warehouse, tmp_path: Path) -> Path:
    """A copy of the home, to damage."""
    copy_home(two_releases.home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def call(
    home: Path, two_releases: Warehouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """The command line on the copied home, in this process."""
    monkeypatch.setenv("METROPOLIS_HOME", str(home))
    monkeypatch.setenv("METROPOLIS_RAW", str(two_releases.raw))
    monkeypatch.setattr(webbrowser, "open", lambda address: True)

    def called(*arguments: str) -> Told:
        capsys.readouterr()
        code = run(arguments)
        output, error = capsys.readouterr()
        return Told(code, output, error)

    return called


def releases_of(home: Path) -> dict[str, tuple[int, int, int]]:
    """Stamp of the files of both releases, without reading them."""
    folders = [home / "releases" / YEAR / name for name in (R1, R2)]
    stats = {path: path.stat() for folder in folders for path in folder.rglob("*")}
    return {str(path): (each.st_ino, each.st_size, each.st_mtime_ns) for path, each in stats.items()}


# --- every command against every kind of damage -------------------------------------------------

TEXTS = (
    f"releases/{YEAR}/releases.log",
    f"releases/{YEAR}/{R2}/release.json",
    f"releases/{YEAR}/{R2}/figures.csv",
    f"releases/{YEAR}/{R2}/unresolved_places.csv",
    f"releases/{YEAR}/{R2}/lineage.json",
    f"releases/{YEAR}/{R2}/guards.json",
    f"releases/{YEAR}/{R2}/site/index.html",
    f"releases/{YEAR}/{R1}/sources.csv",
    f"builds/{YEAR}/built.json",
    f"builds/{YEAR}/models.json",
    f"builds/{YEAR}/guards.json",
    f"landing/{YEAR}/state/news.json",
    f"landing/{YEAR}/news.parquet",
    "pseudonym.key",
    "pseudonym.fingerprint",
    "forgotten.json",
    "build.lock",
    "dagster/dagster.yaml",
)


def test_a_whole_home_is_read_by_every_command(call: Call) -> None:
    for arguments in READING.values():
        told = call(*arguments)
        assert told.code == 0, told
        assert told.error == ""


# Each file meets a third of the harms, each harm a third of the files; the log of releases meets all.
_MET = [
    (text, harm)
    for at, text in enumerate(TEXTS)
    for number, harm in enumerate(OF_TEXT)
    if (at + number) % 3 == 0 or text == TEXTS[0]
]


@pytest.mark.parametrize(("text", "harm"), _MET, ids=[f"{text}-{harm.__name__}" for text, harm in _MET])
def test_a_damaged_file_ends_in_a_sentence(home: Path, call: Call, text: str, harm: Harm) -> None:
    if text == "build.lock" and harm is not remove:
        put(home / text, b"{}\n")
    harm(home / text)
    damaged = releases_of(home)
    for name, arguments in {**READING, **WRITING}.items():
        told = call(*arguments)
        assert told.is_decent(), (name, told)
        if name != "keep":
            assert releases_of(home) == damaged, name
    store = ReleaseStore(Home(home), SMALL_YEAR)
    assert store.current_release() is not None


STRUCTURES: dict[str, tuple[str, Harm]] = {
    "home missing": (".", remove),
    "home a file": (".", replace_by_a_file),
    "releases missing": ("releases", remove),
    "releases a file": ("releases", replace_by_a_file),
    "year a file": (f"releases/{YEAR}", replace_by_a_file),
    "current release missing": (f"releases/{YEAR}/{R2}", remove),
    "current release a file": (f"releases/{YEAR}/{R2}", replace_by_a_file),
    "latest missing": (f"releases/{YEAR}/latest", remove),
    "latest a folder": (f"releases/{YEAR}/latest", replace_by_a_folder),
    "site missing": (f"releases/{YEAR}/{R2}/site", remove),
    "landing a file": ("landing", replace_by_a_file),
    "builds a file": ("builds", replace_by_a_file),
    "build a file": (f"builds/{YEAR}", replace_by_a_file),
    "state missing": (f"landing/{YEAR}/state", remove),
    "history a file": ("dagster", replace_by_a_file),
    "database empty": (f"releases/{YEAR}/{R2}/warehouse.duckdb", empty),
    "database cut short": (f"releases/{YEAR}/{R2}/warehouse.duckdb", cut_short),
    "database changed": (f"releases/{YEAR}/{R2}/warehouse.duckdb", flip_a_bit),
}


@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_damaged_folder_ends_in_a_sentence(home: Path, call: Call, structure: str) -> None:
    name, harm = STRUCTURES[structure]
    harm(home / name)
    for command, arguments in {**READING, **WRITING}.items():
        told = call(*arguments)
        assert told.is_decent(), (command, told)


@pytest.mark.parametrize("folder", ["landing", "builds", "dagster", "releases", f"releases/{YEAR}"])
def test_a_build_without_a_folder_ends_in_a_sentence(
    released: Warehouse, tmp_path: Path, folder: str
) -> None:
    warehouse = released.copy(tmp_path)
    shutil.rmtree(warehouse.home / "builds")
    (warehouse.home / "builds").mkdir()
    replace_by_a_file(warehouse.home / folder)
    result = warehouse.build()
    told = Told(result.returncode, result.stdout, result.stderr)
    assert told.code == 2, told
    assert "the home cannot be used" in told.error
    assert told.is_decent(), told


# --- what is found, by whom ---------------------------------------------------------------------


def test_doctor_says_how_the_last_run_ended_and_whether_its_storage_is_damaged(
    home: Path, call: Call
) -> None:
    told = call("doctor")
    assert told.code == 0
    assert re.search(rf"last run +ok +build_year of {YEAR}, success, begun at \d{{4}}-\d\d-\d\d", told.output)
    runs = home / "dagster" / "history" / "runs.db"
    runs.unlink()
    runs.write_text("this is no database, whatever its name says", encoding="utf-8")
    told = call("doctor")
    assert told.code == 2
    assert re.search(r"last run +wrong +a database of the home is damaged", told.output)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("figures.csv", ["figures", "figures csv", "explain"]),
        ("warehouse.duckdb", ["explain", "review"]),
        ("reconciliation.csv", ["explain", "reconcile"]),
        ("lineage.json", ["explain"]),
        ("site/index.html", ["open", "open data"]),
        ("release.json", ["figures", "figures csv", "explain", "reconcile", "review", "open", "open data"]),
    ],
)
def test_an_edited_release_is_found_by_whoever_reads_it(
    home: Path, call: Call, text: str, commands: list[str]
) -> None:
    flip_a_bit(home / "releases" / YEAR / R2 / text)
    for name, arguments in READING.items():
        told = call(*arguments)
        is_told = told.code == 1 and f"{R2}/{text}" in told.error + told.output
        assert is_told == (name in [*commands, "verify", "diff", "doctor"]), (name, told)
    # And by the next build, before anything is compared with it.
    told = call("build", "--year", YEAR)
    assert told.code == 1
    assert f"{R2}/{text}" in told.error


def test_verify_names_every_file_of_a_year(home: Path, call: Call) -> None:
    flip_a_bit(home / "releases" / YEAR / R1 / "calendar.csv")
    remove(home / "releases" / YEAR / R2 / "changes.md")
    put_further = home / "releases" / YEAR / R1 / "charts" / "further.svg"
    put_further.write_text("", encoding="utf-8")
    told = call("releases", "--verify", "--year", YEAR)
    assert told.code == 1
    for name in (f"{R1}/calendar.csv", f"{R2}/changes.md", f"{R1}/charts/further.svg"):
        assert name in told.error
    assert call("releases", "--verify", "--year", "1999").code == 0


@pytest.mark.parametrize("harm", [remove, replace_by_a_folder], ids=["missing", "a folder"])
def test_a_lost_link_is_found_again_by_the_next_build(home: Path, call: Call, harm: Harm) -> None:
    latest = home / "releases" / YEAR / "latest"
    harm(latest)
    told = call("figures", "--year", YEAR)
    assert told.code == 1
    assert "latest" in told.error
    assert "Unchanged" in call("build", "--year", YEAR).output
    assert os.readlink(latest) == R2


def test_a_copy_made_without_links_is_mended(home: Path, tmp_path: Path, call: Call) -> None:
    latest = home / "releases" / YEAR / "latest"
    latest.unlink()
    shutil.copytree(latest.with_name(R2), latest)
    assert "Unchanged" in call("build", "--year", YEAR).output
    assert os.readlink(latest) == R2
    assert call("releases", "--verify").code == 0


def test_half_a_release_is_not_gone_back_to(home: Path, call: Call) -> None:
    remove(home / "releases" / YEAR / R1 / "figures.csv")
    told = call("rollback", R1)
    assert told.code == 1
    assert f"{R1}/figures.csv is missing" in told.error
    assert os.readlink(home / "releases" / YEAR / "latest") == R2


def test_going_back_to_the_current_release_says_so(home: Path, call: Call) -> None:
    told = call("rollback", R2)
    assert told.code == 0
    assert "is current already" in told.output


# --- keys and forgotten people ------------------------------------------------------------------


@pytest.mark.parametrize("command", [["build", "--year", YEAR], ["forget", "nobody@example.org"]])
def test_another_key_is_refused_by_name(home: Path, call: Call, command: list[str]) -> None:
    flip_a_bit(home / "pseudonym.key")
    before = snapshot(home)
    told = call(*command)
    assert told.code == 2
    assert "pseudonym.key is not the key" in told.error
    assert {**snapshot(home), "build.lock": b""} == {**before, "build.lock": b""}


@pytest.mark.parametrize("harm", [flip_a_bit, cut_short, empty], ids=lambda harm: harm.__name__)
def test_damaged_marks_of_forgotten_people_are_refused_by_name(home: Path, call: Call, harm: Harm) -> None:
    harm(home / "forgotten.json")
    told = call("build", "--year", YEAR)
    assert told.code == 2
    assert "forgotten.json" in told.error


def test_an_address_that_matches_nothing_changes_nothing(
    home: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(home)
    for arguments in (["forget", "nobody@example.org"], ["forget"], ["forget", "-"]):
        monkeypatch.setattr("sys.stdin", StandardInput("nobody@example.org\n"))
        told = call(*arguments)
        assert told.code == 2
        assert "no landed row" in told.error
        assert "nobody" not in told.error
    assert {**snapshot(home), "build.lock": b""} == {**before, "build.lock": b""}


class StandardInput:
    """Piped standard input."""

    def __init__(self, text: str) -> None:
        self._text = text

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        return self._text


def test_nobody_is_forgotten_in_a_home_that_does_not_exist(tmp_path: Path, call: Call) -> None:
    told = call("forget", "somebody@example.org", "--home", str(tmp_path / "nowhere"))
    assert told.code == 2
    assert not (tmp_path / "nowhere").exists()


# --- what costs a rebuild and no more -----------------------------------------------------------


def test_every_text_of_the_home_may_be_damaged_at_once(released: Warehouse, tmp_path: Path) -> None:
    """All but those that refuse by name: a build later, the home is what it was."""
    warehouse = released.copy(tmp_path)
    standing = {name: content for name, content in snapshot(warehouse.releases).items() if "/" in name}
    texts = [
        *warehouse.home.glob("builds/*/*.json"),
        *warehouse.home.glob("landing/*/state/*.json"),
        *warehouse.home.glob("landing/*/*.parquet"),
        warehouse.home / "dagster" / "dagster.yaml",
        warehouse.home / "pseudonym.fingerprint",
        warehouse.releases / "releases.log",
    ]
    assert len(texts) > 50
    for path, harm in zip(texts, cycle((flip_a_bit, cut_short, empty)), strict=False):
        harm(path)
    result = warehouse.build()
    assert result.returncode == 0, result.stderr
    assert f"Unchanged: the figures and files are those of {R1} in" in result.stdout
    assert {name: c for name, c in snapshot(warehouse.releases).items() if "/" in name} == standing
    assert warehouse.latest.resolve().name == R1
    again = warehouse.build()
    assert f"neither exports nor code differ from those of {R1}" in again.stdout


# --- the machine --------------------------------------------------------------------------------


def can_mount() -> bool:
    """Whether this machine lets tests mount: a container may not."""
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run_on_read_only(home: Path, warehouse: Warehouse, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A call of the command line where the home cannot be written to, not even by root."""
    if can_mount():
        script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", script, str(home), str(METROPOLIS), *arguments]
    else:
        for path in [home, *(each for each in home.rglob("*") if not each.is_symlink())]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        (home / "pseudonym.key").chmod(0o400)
        capless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
        command = [*capless, str(METROPOLIS), *arguments]
    environment = {**warehouse.environment(), "METROPOLIS_HOME": str(home), "BROWSER": "true"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_home_that_can_only_be_read_is_read_and_not_written(home: Path, two_releases: Warehouse) -> None:
    for name, arguments in READING.items():
        result = run_on_read_only(home, two_releases, *arguments)
        # Only doctor minds.
        assert (result.returncode, result.stderr) == (2 if name == "doctor" else 0, ""), arguments
    for arguments in [*WRITING.values(), ["build", "--year", YEAR], ["dev", "--port", "1"]]:
        result = run_on_read_only(home, two_releases, *arguments)
        told = Told(result.returncode, result.stdout, result.stderr)
        assert told.code == 2, told
        assert "the home cannot be used" in told.error
        assert told.is_decent(), told


@pytest.mark.parametrize("kilobytes", [40, 20_000])
def test_a_full_disk_is_told(released: Warehouse, tmp_path: Path, kilobytes: int) -> None:
    """A small file system, which the home does not fit into; or files that may not grow, where none can be mounted."""
    home = tmp_path / "small"
    home.mkdir()
    mount = (
        f"mount -t tmpfs -o size={kilobytes}k tmpfs '{home}'"
        if can_mount()
        else f"ulimit -f {kilobytes // 16}"
    )
    unshare = ["unshare", "--mount"] if can_mount() else []
    command = [
        *unshare,
        "bash",
        "-c",
        f"{mount} && exec '{METROPOLIS}' build --year {YEAR} --home '{home}/home'",
    ]
    result = subprocess.run(
        command, env=released.environment(), capture_output=True, text=True, timeout=240, check=False
    )
    assert result.returncode == 2, result.stderr
    assert "disk is full" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_full_terminal_is_told(home: Path, two_releases: Warehouse) -> None:
    command = f"'{METROPOLIS}' figures --year {YEAR} --home '{home}' > /dev/full"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "disk is full" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_has_enough_is_no_error(home: Path) -> None:
    command = f"'{METROPOLIS}' explain participants --rows --year {YEAR} --home '{home}' | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert result.stdout.startswith("Participants")
    assert result.stderr == ""


@pytest.mark.parametrize("files", [5, 8, 16, 64])
def test_too_few_open_files_are_told(home: Path, two_releases: Warehouse, files: int) -> None:
    for arguments in (["build", "--year", YEAR], ["explain", "participants", "--year", YEAR]):
        command = ["bash", "-c", f'ulimit -n {files}; exec "$@"', "metropolis", str(METROPOLIS), *arguments]
        result = subprocess.run(
            command,
            env={**two_releases.environment(), "METROPOLIS_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        told = Told(result.returncode, result.stdout, result.stderr)
        assert told.code in (0, 2) and told.is_decent(), told
        assert told.code == 0 or "too few" in told.error
        assert told.code == 2 or arguments[0] == "explain"


def test_an_engine_that_is_not_installed_is_told_before_any_work(tmp_path: Path, call: Call) -> None:
    told = call("build", "--year", YEAR, "--engine", "spark", "--home", str(tmp_path / "new"))
    assert told.code == 2
    assert "spark is not installed" in told.error
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["a" * 300, "/".join(["a" * 50] * 12), "100%20", "what?"])
def test_a_path_that_cannot_be_used_is_told_before_any_work(tmp_path: Path, call: Call, name: str) -> None:
    told = call("build", "--year", YEAR, "--home", str(tmp_path / name))
    assert told.code == 2
    assert told.is_decent(), told
    assert "the path of the home" in told.error
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def unreadable(path: Path) -> list[str]:
    """Makes a file or folder unreadable; the command by which root, too, may not read it."""
    path.chmod(0)
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


@pytest.mark.parametrize("name", ["registers/members.csv", "events/registrations", "website/news.csv"])
def test_an_export_that_cannot_be_read_is_named(released: Warehouse, tmp_path: Path, name: str) -> None:
    warehouse = released.copy(tmp_path)
    path = warehouse.exports / name
    prefix = unreadable(path)
    try:
        result = subprocess.run(
            [*prefix, str(METROPOLIS), "build", "--year", YEAR],
            env=warehouse.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        path.chmod(0o755)
    assert result.returncode == 2
    assert f"{name}: found a " in result.stderr
    assert "cannot be" in result.stderr
    assert "the home" not in result.stderr
