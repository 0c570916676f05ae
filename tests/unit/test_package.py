"""The data package is valid for Frictionless, and invalid once a file differs from its description."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import frictionless
import pytest

from orchestration.release.package import describe_tables, write_package
from orchestration.release.release_data import ReleaseData
from tests.support.release import make_release, write_tables


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> ReleaseData:
    return make_release(tmp_path_factory.mktemp("build"))


@pytest.fixture
def folder(content: ReleaseData, tmp_path: Path) -> Path:
    folder = tmp_path / "release"
    write_tables(folder, content)
    (folder / "charts").mkdir()
    (folder / "charts" / "calendar-en.svg").write_text("<svg/>")
    write_package(folder, content)
    return folder


def descriptor(folder: Path) -> dict[str, Any]:
    node: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return node


def validate(folder: Path) -> Any:
    return frictionless.validate(str(folder / "datapackage.json"))


def test_the_package_is_valid(folder: Path) -> None:
    report = validate(folder)
    assert report.valid, report.to_summary()


def test_every_table_is_in_it_with_its_columns_in_order(folder: Path, content: ReleaseData) -> None:
    tables = {r["path"]: r for r in descriptor(folder)["resources"] if r["type"] == "table"}
    assert set(tables) == {f"{name}.csv" for name in content.tables}
    for name, table in content.tables.items():
        fields = tables[f"{name}.csv"]["schema"]["fields"]
        assert [field["name"] for field in fields] == list(table.columns)
        assert all(field["description"] and field["type"] for field in fields)
        assert tables[f"{name}.csv"]["description"]
        assert tables[f"{name}.csv"]["schema"]["missingValues"] == [""]


def test_everything_else_is_in_it_as_a_file(folder: Path) -> None:
    files = {r["path"]: r for r in descriptor(folder)["resources"] if r["type"] == "file"}
    assert set(files) == {"changes.md", "charts/calendar-en.svg"}
    assert files["charts/calendar-en.svg"]["mediatype"] == "image/svg+xml"


def test_licence_sources_and_version_are_said(folder: Path) -> None:
    node = descriptor(folder)
    assert node["licenses"][0]["name"]
    assert node["version"].endswith("-r2")
    titles = " ".join(source["title"] for source in node["sources"])
    assert "events/programme.csv" in titles
    assert "registers/members.csv" in titles


def test_units_and_allowed_values_come_along(folder: Path) -> None:
    resources = {r["name"]: r for r in descriptor(folder)["resources"]}
    funding = {f["name"]: f for f in resources["funding-sources"]["schema"]["fields"]}
    assert funding["amount"]["unit"] == "EUR"
    statuses = {f["name"]: f for f in resources["reconciliation"]["schema"]["fields"]}["status"]
    assert "known_difference" in statuses["constraints"]["enum"]
    assert resources["annex-activity"]["schema"]["primaryKey"] == ["member_id"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("annex_activity.csv", "M001,", "M000,"),
        ("annex_engagement.csv", "M001,", "M999,"),
        ("reconciliation.csv", "known_difference", "sort_of"),
        ("sources.csv", ",10,", ",ten,"),
        ("calendar.csv", "false", "maybe"),
        ("figures.csv", "value", "worth"),
    ],
)
def test_a_table_that_is_not_as_described_is_found_out(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    # A table is also told by its bytes; what is wrong with it is what is asked here.
    node = descriptor(folder)
    for resource in node["resources"]:
        resource.pop("hash", None)
        resource.pop("bytes", None)
    (folder / "datapackage.json").write_text(json.dumps(node), encoding="utf-8")
    assert not validate(folder).valid


def test_a_changed_byte_is_found_out(folder: Path) -> None:
    path = folder / "figures.csv"
    path.write_bytes(path.read_bytes().replace(b"published", b"Published"))
    assert not validate(folder).valid


def test_the_same_release_makes_the_same_bytes(folder: Path, content: ReleaseData) -> None:
    before = (folder / "datapackage.json").read_bytes()
    write_package(folder, content)
    assert (folder / "datapackage.json").read_bytes() == before


def test_an_empty_year_is_valid_too(tmp_path: Path) -> None:
    content = make_release(tmp_path / "build", is_empty=True)
    write_tables(tmp_path / "release", content)
    write_package(tmp_path / "release", content)
    report = validate(tmp_path / "release")
    assert report.valid, report.to_summary()


def test_descriptions_are_those_of_marts_and_contracts(content: ReleaseData) -> None:
    described = {each.name: each for each in describe_tables(content)}
    assert set(described) == set(content.tables)
    reasons = {c.name: c for c in described["unresolved_places"].columns}["reason"].values
    assert reasons == ("not_a_member", "ambiguous", "near_miss")
