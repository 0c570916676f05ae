"""Generated pages are current; links and commands of the docs exist; the models page works offline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from orchestration import documentation
from orchestration.guards.suites import load_suites
from orchestration.ingest.contracts import load_contracts
from orchestration.paths import PROJECT_FOLDER
from orchestration.release.documentation import PAGE, write_documentation
from orchestration.release.release_data import Guarded, ReleaseData
from orchestration.transform.runner import parse_project

_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PAGES = sorted([PROJECT_FOLDER / "README.md", PROJECT_FOLDER / "raw" / "README.md"]) + sorted(
    documentation.DOCS_FOLDER.glob("*.md")
)


# --- pages that are generated -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dictionary.md", "figures.md", "guards.md"])
def test_a_generated_page_is_what_make_docs_writes(name: str) -> None:
    path = documentation.DOCS_FOLDER / name
    expected = documentation.generated()[path]
    assert path.read_text(encoding="utf-8") == expected, f"{name} is stale: make docs"


def test_the_dictionary_knows_every_source_and_column() -> None:
    page = documentation.render_dictionary()
    for contract in load_contracts().values():
        assert f"#### {contract.source}\n" in page
        for column in contract.columns:
            assert f"| `{column.headers[0]}`" in page


def test_every_question_of_the_guards_has_its_line() -> None:
    page = documentation.render_guards()
    for suite in load_suites():
        assert suite.problem == ""
        assert all(f"| `{rule}` |" in page for rule in suite.rules)


# --- pages that are written ---------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(PROJECT_FOLDER).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = _CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    for link in _LINK.finditer(text):
        target, _, anchor = link["target"].partition("#")
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name} links to {target}, which is not there"
        if anchor and path.suffix == ".md":
            assert anchor in _anchors(path), f"{page.name} links to {link['target']}: no such heading"


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.casefold()).replace(" ", "-") for title in titles}


def test_every_command_and_setting_is_documented() -> None:
    from orchestration.cli import cli

    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for command in cli.commands:
        assert f"metropolis {command}" in text, f"no page tells of metropolis {command}"
    code = "".join(
        path.read_text(encoding="utf-8") for path in (PROJECT_FOLDER / "orchestration").rglob("*.py")
    )
    for variable in set(re.findall(r"\"(METROPOLIS_[A-Z_]+)\"", code)) - _INTERNAL:
        assert f"`{variable}`" in text, f"no page tells of {variable}"


# Set by the warehouse itself, for dbt in the same process.
_INTERNAL = {"METROPOLIS_LANDING", "METROPOLIS_WAREHOUSE"}


_PLACE = re.compile(r"`(?P<module>\w+)\.(?P<name>\w+)(?:\.\w+)?`")
_MODEL = re.compile(r"`((?:staging|intermediate|marts)/(?:\w+/)?\w+)`")


def test_the_walk_of_a_row_names_functions_and_models_that_exist() -> None:
    page = (documentation.DOCS_FOLDER / "a-row.md").read_text(encoding="utf-8")
    files_named = ("csv", "parquet")
    places = [each for each in _PLACE.finditer(page) if each["name"] not in files_named]
    models = _MODEL.findall(page)
    assert len(places) > 15
    assert len(models) >= 9
    for place in places:
        files = list((PROJECT_FOLDER / "orchestration").rglob(f"{place['module']}.py"))
        defined = re.compile(rf"^(?:def|class) {place['name']}\b", re.MULTILINE)
        assert any(defined.search(path.read_text(encoding="utf-8")) for path in files), place[0]
    for model in models:
        assert (PROJECT_FOLDER / "dbt_project" / "models" / f"{model}.sql").exists(), model


# --- the page of the models ---------------------------------------------------------------------


def _content(database: Path, manifest: Path) -> ReleaseData:
    return ReleaseData(
        year=2030,
        release="2030-r1",
        previous=None,
        tables={},
        guarded=Guarded(passed=0, failed=0, could_not_check=0),
        findings=[],
        database=database,
        manifest=manifest,
        inputs_fingerprint="",
        code_fingerprint="",
        changes="",
    )


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's manifest."""
    return parse_project(tmp_path_factory.mktemp("parsed"))


@pytest.fixture(scope="module")
def models_page(manifest: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a build with one table."""
    folder = tmp_path_factory.mktemp("release")
    database = folder / "build.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table figures (figure_id varchar, value decimal(18, 4))")
        connection.execute("insert into figures values ('members_total', 12)")
    pages = []
    for attempt in ("once", "again"):
        write_documentation(folder / attempt, _content(database, manifest))
        pages.append((folder / attempt / PAGE).read_bytes())
    assert pages[0] == pages[1]
    return pages[0].decode("utf-8")


def test_the_models_page_asks_no_network_for_anything(models_page: str) -> None:
    addresses = set(re.findall(r"https?://[^\s\"'<>)\\]+", models_page))
    assert {address.partition("/")[2].strip("/").split("/")[0] for address in addresses} <= {"www.w3.org"}
    assert not re.search(r"(?:src|href)\s*=\s*\\?[\"']//", models_page)
    assert "default-src 'none'" in models_page


def test_the_models_page_tells_nothing_of_the_machine(models_page: str) -> None:
    assert str(PROJECT_FOLDER) not in models_page
    assert str(Path.home()) + "/" not in models_page
    for name in ("generated_at", "invocation_id", "root_path", "compiled_path", "build_path"):
        assert f'"{name}"' not in models_page


def test_every_public_mart_is_on_the_models_page(models_page: str, manifest: Path) -> None:
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    public = [key for key, node in nodes.items() if node.get("config", {}).get("access") == "public"]
    assert len(public) > 20
    for key in public:
        assert f'"{key}":{{' in models_page
    assert '"type":"DECIMAL(18,4)"' in models_page


def test_the_models_page_stays_small(models_page: str) -> None:
    assert len(models_page.encode()) < 4_000_000
