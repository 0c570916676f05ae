"""``metropolis explain``: shows where a figure comes from, read from the release."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from orchestration.commands.common import (
    OK,
    WrongCall,
    current_release,
    print_json,
    print_table,
    typed,
)
from orchestration.databases import path_literal
from orchestration.paths import Home
from orchestration.release_store import Release
from orchestration.storage import read_csv

_NO_MEMBER = ""


def explain_figure(
    home: Home, year: int, figure_id: str, rows: bool, member: str | None, as_json: bool = False
) -> int:
    """Prints a figure's definition, parts, rows, models, files, guards and printed value."""
    release = current_release(home, year)
    figures = {row["figure_id"]: row for row in read_csv(release.file("figures.csv"))}
    if figure_id not in figures:
        close = ", ".join(key for key in figures if figure_id.split("_")[0] in key) or "none"
        raise WrongCall(f"there is no figure {figure_id}; close to it: {close}")
    member_id = _member_id(release, member)
    if member and not member_id:
        raise WrongCall(f"{member} is no member of the release {release.name}")
    evidence = _Evidence(release, figure_id, member_id)
    if as_json:
        print_json(_document(release, figures[figure_id], evidence, rows))
        return OK
    _print_definition(release, figures[figure_id], evidence)
    _print_print(release, figure_id)
    _print_files(release, evidence)
    _print_models(release, figure_id)
    _print_guards(release, figure_id)
    if rows or member_id:
        _print_items(release, figure_id, member_id)
        _print_rows(evidence)
    return OK


def _document(
    release: Release, figure: dict[str, str], evidence: _Evidence, with_rows: bool
) -> dict[str, Any]:
    """What the text says, with numbers as numbers."""
    figure_id, member_id = figure["figure_id"], evidence.member_id
    files = ("part", "source_file", "rows", "units")
    document: dict[str, Any] = {
        "release": release.name,
        **typed(figure, ("year", "value", "numerator", "denominator")),
        "definition": evidence.catalogue()["definition"],
        "printed": [typed(row, ()) for row in _printed(release, figure_id)],
        "files": [dict(zip(files, row, strict=True)) for row in evidence.by_file()],
        "models": _models(release, figure_id),
        "guards": [
            {"outcome": each["outcome"], "meaning": each["meaning"]} for each in _guards(release, figure_id)
        ],
    }
    if with_rows or member_id:
        cells = ("part", "unit", "amount", "member_id", "event_id", "source_file", "source_line")
        document["items"] = [
            typed(row, ("year", "amount", "source_line")) for row in _items(release, figure_id, member_id)
        ]
        document["rows"] = [
            dict(zip(cells, (_json_cell(cell) for cell in row), strict=True)) for row in evidence.rows()
        ]
    return document


def _json_cell(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return cell if cell != "" else None


def _member_id(release: Release, member: str | None) -> str:
    if not member:
        return _NO_MEMBER
    for row in read_csv(release.file("annex_activity.csv")):
        if member.casefold() in (row["member_id"].casefold(), row["member"].casefold()):
            return row["member_id"]
    return _NO_MEMBER


class _Evidence:
    """The evidence rows of a figure, optionally of one member."""

    def __init__(self, release: Release, figure_id: str, member_id: str) -> None:
        import duckdb

        self._connection = duckdb.connect(str(release.file("warehouse.duckdb")), read_only=True)
        self._figure_id = figure_id
        self.member_id = member_id
        # The database of a large year does not hold them; older releases have them in another folder, if at all.
        self._table = "figure_evidence_rows"
        for name in release.hashes:
            if name.endswith("/figure_evidence_rows.parquet"):
                self._table = f"read_parquet({path_literal(release.file(name))})"

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        parameters = [self._figure_id]
        where = "figure_id = ?"
        if self.member_id:
            where += " and member_id = ?"
            parameters.append(self.member_id)
        statement = sql.replace("{rows}", f"(select * from {self._table} where {where})")
        return list(self._connection.execute(statement, parameters).fetchall())

    def catalogue(self) -> dict[str, Any]:
        """The figure's row of the catalogue."""
        result = self._connection.execute(
            "select * from figure_catalogue where figure_id = ?", [self._figure_id]
        )
        names = [column[0] for column in result.description]
        return dict(zip(names, result.fetchall()[0], strict=True))

    def by_file(self) -> list[tuple[Any, ...]]:
        """Part, file, rows, units."""
        return self._query(
            """
            select part, source_file, count(*), count(distinct unit_key)
            from {rows} group by part, source_file order by part desc, source_file
            """
        )

    def rows(self) -> list[tuple[Any, ...]]:
        """Part, unit, amount, member, event, file, line."""
        return self._query(
            """
            select part, unit_key, amount, coalesce(member_id, ''), coalesce(event_id, ''),
                source_file, source_line
            from {rows} order by part desc, unit_key, source_file, source_line
            """
        )


def _print_definition(release: Release, row: dict[str, str], evidence: _Evidence) -> None:
    catalogue = evidence.catalogue()
    print(f"{row['label']} ({row['figure_id']}), {release.name}")
    print(f"  {catalogue['definition']}.")
    print(f"  Value        {row['display_en'] or row['status']}   ({row['value'] or 'none'})")
    print(f"  Numerator    {row['numerator']}")
    print(f"  Denominator  {row['denominator'] or 'none: it is a count'}")


def _printed(release: Release, figure_id: str) -> list[dict[str, str]]:
    """The rows of the reconciliation with print: none of a year without print."""
    return [
        row
        for row in read_csv(release.file("reconciliation.csv"))
        if row["kind"] == "figure" and row["key"] == figure_id
    ]


def _print_print(release: Release, figure_id: str) -> None:
    for row in _printed(release, figure_id):
        reason = f": {row['reason']}" if row["reason"] else ""
        print(f"  Print        {row['printed']} ({row['status'].replace('_', ' ')}{reason})")


def _print_files(release: Release, evidence: _Evidence) -> None:
    hashes = {row["source_file"]: row["sha256"] for row in read_csv(release.file("sources.csv"))}
    print("\nRows behind it, by source file:")
    lines = [
        [part, name, str(rows), str(units), hashes.get(name, "")]
        for part, name, rows, units in evidence.by_file()
    ]
    if not lines:
        print("  none: no row of the exports meets the definition")
        return
    print_table(["part", "source file", "rows", "units", "sha256"], lines, right=(2, 3))


def _models(release: Release, figure_id: str) -> list[str]:
    lineage: dict[str, list[str]] = json.loads(release.file("lineage.json").read_text(encoding="utf-8"))
    return lineage[figure_id]


def _print_models(release: Release, figure_id: str) -> None:
    print("\nModels on the way:")
    print("  " + " → ".join(_models(release, figure_id)))


def _guards(release: Release, figure_id: str) -> list[dict[str, Any]]:
    outcomes = json.loads(release.file("guards.json").read_text(encoding="utf-8"))["results"]
    return [each for each in outcomes if figure_id in each["figures"]]


def _print_guards(release: Release, figure_id: str) -> None:
    print("\nGuards:")
    for each in _guards(release, figure_id):
        print(f"  {each['outcome']:<8} {each['meaning']}")


def _items(release: Release, figure_id: str, member_id: str) -> list[dict[str, str]]:
    """What stands behind the figure by name; people of an event by its title."""
    # A release made before there were items has none.
    if "figure_items.csv" not in release.hashes:
        return []
    events = {row["event_id"]: row["title"] for row in read_csv(release.file("calendar.csv"))}
    return [
        row | {"label": row["label"] or events.get(row["event_id"], "")}
        for row in read_csv(release.file("figure_items.csv"))
        if row["figure_id"] == figure_id and member_id in (_NO_MEMBER, row["member_id"])
    ]


def _print_items(release: Release, figure_id: str, member_id: str) -> None:
    items = _items(release, figure_id, member_id)
    if not items:
        return
    print("\nItems:")
    lines = [[row["part"], row["label"] or row["unit"], row["date"], row["amount"]] for row in items]
    print_table(["part", "item", "date", "amount"], lines, right=(3,))


def _print_rows(evidence: _Evidence) -> None:
    print("\nRows:")
    lines = [[str(cell) for cell in row] for row in evidence.rows()]
    header = ["part", "unit", "amount", "member", "event", "source file", "line"]
    print_table(header, lines, right=(2, 6))
