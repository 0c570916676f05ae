"""The baseline: computes a year's marts with DuckDB alone.

    python -m benchmarks.floor --raw RAW_DIR --year Y --out DIR

Reads the same files, runs the same compiled SQL and writes the marts, without orchestration, quarantine,
guards, lineage or release. DuckDB's CSV reader reads Zoom reports; the project's readers read the small
sources. Compiling the SQL is not measured.
"""

import argparse
import hashlib
import json
import time
from collections import defaultdict
from pathlib import Path

import duckdb

from orchestration.ingest.contracts import load_contracts
from orchestration.ingest.countries import country_code
from orchestration.ingest.history import write_history
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.schema import landing_tables, main_table
from orchestration.ingest.source_inventory import write_corrected_values, write_source_inventory
from orchestration.ingest.sources import Landing, ingest_source, references_of
from orchestration.paths import Home

KEY = b"the floor needs a key as well, of any kind"
MEMORY_LIMIT = "2GB"
_ATTENDEES = "Attendee Details"
# The one source that DuckDB reads by itself.
_BY_DUCKDB = "zoom_attendees"

_READ_ZOOM = """
    select
        '{name}' as source_file,
        {first_line} + row_number() over () as source_line,
        '{event_id}' as event_id,
        lower("Attended") as attended,
        substr(sha256($key || lower(trim("Email"))), 1, 32) as person_key,
        "Country/Region" as country_text,
        try_strptime("Registration Time", {formats}) as registered_at,
        lower("Approval Status") as approval_status,
        try_strptime("Join Time", {formats}) as joined_at,
        try_strptime("Leave Time", {formats}) as left_at,
        try_cast("Time in Session (minutes)" as bigint) as minutes_in_session,
        lower(trim("Gender")) as gender_answer,
        "Which metropolis do you represent?" as place_text
    from read_csv(
        '{path}', skip = {first_line}, header = false, delim = ',', quote = '"', all_varchar = true,
        auto_detect = false, columns = {typed}
    )
"""
# Node → compiled SQL, as the last build ran it.
SQL_FILE = "sql.json"
_FORMATS = "['%b %d, %Y %I:%M:%S %p', '%m/%d/%Y %I:%M:%S %p', '%b %d, %Y %H:%M:%S']"


def compiled_models(compiled: Path) -> list[tuple[str, str, str]]:
    """Name, materialisation and SQL of every model of a compiled project, in the order of their needs."""
    manifest = json.loads((compiled / "manifest.json").read_text(encoding="utf-8"))
    nodes = {k: n for k, n in manifest["nodes"].items() if n["resource_type"] == "model"}
    needs = {k: {d for d in n["depends_on"]["nodes"] if d in nodes} for k, n in nodes.items()}
    ordered: list[str] = []
    while len(ordered) < len(nodes):
        ready = [k for k in nodes if k not in ordered and needs[k] <= set(ordered)]
        ordered.extend(sorted(ready))
    sql = json.loads((compiled / SQL_FILE).read_text(encoding="utf-8"))
    return [(nodes[k]["name"], nodes[k]["config"]["materialized"], sql[k]) for k in ordered]


def land_small_sources(landing: Landing) -> None:
    """Every source but the Zoom reports, by the project's readers."""
    contracts = load_contracts()
    order = sorted(contracts.values(), key=lambda each: (len(references_of(each)), each.source))
    states = [ingest_source(landing, each) for each in order if each.source != _BY_DUCKDB]
    # What the manifest asks of all registrations, it asks of the small sources alone here.
    empty = main_table(contracts[_BY_DUCKDB]).schema.empty_table()
    landing.write_table(_BY_DUCKDB, empty)
    write_history(landing, Home(landing.folder / "no-home"))
    write_source_inventory(landing, contracts, states)
    write_corrected_values(landing, states)


def _zoom_columns(path: Path) -> tuple[int, list[str]]:
    """The number of lines above the attendees' rows, and the names of their columns."""
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if line.startswith(_ATTENDEES):
                return number + 1, [name.strip() for name in next(stream).rstrip().split(",")]
    raise ValueError(f"{path.name} has no section of attendees")


def read_zoom(connection: duckdb.DuckDBPyConnection, exports: Path) -> None:
    """Every Zoom report as the table landing.zoom_attendees."""
    parts = []
    for path in sorted(exports.glob("events/registrations/*__zoom.csv")):
        first_line, columns = _zoom_columns(path)
        parts.append(
            _READ_ZOOM.format(
                name=path.relative_to(exports).as_posix(),
                path=path,
                event_id=path.name.split("__")[0],
                first_line=first_line,
                formats=_FORMATS,
                typed="{" + ", ".join(f"'{name}': 'VARCHAR'" for name in columns) + "}",
            )
        )
    connection.execute(f"create table zoom as {' union all '.join(parts)}", {"key": KEY.hex()})
    _name_places(connection)
    connection.execute(
        """
        create table landing.zoom_attendees as
        select
            source_file, source_line, event_id, attended, person_key, country_text,
            typed_countries.code as country_code, typed_countries.key as country_key, registered_at, approval_status,
            joined_at, left_at, minutes_in_session,
            case
                when gender_answer in ('woman', 'female', 'f', 'mujer', 'femme', 'dona') then 'woman'
                when gender_answer in ('man', 'male', 'm', 'hombre', 'homme', 'home') then 'man'
                when gender_answer in ('non-binary', 'no binario', 'non binaire', 'other') then 'non_binary'
                else 'undisclosed'
            end as gender,
            place_text, places.key as place_key
        from zoom
        left join typed_countries on zoom.country_text = typed_countries.typed
        left join places on zoom.place_text = places.typed
        """
    )
    connection.execute("drop table zoom")


def _name_places(connection: duckdb.DuckDBPyConnection) -> None:
    """The distinct texts of places and countries, normalised once each."""
    places = connection.execute(
        "select distinct place_text from zoom where trim(place_text) <> ''"
    ).fetchall()
    connection.execute("create table places (typed varchar, key varchar)")
    if places:
        connection.executemany(
            "insert into places values (?, ?)", [(t, normalise_text(t)) for (t,) in places]
        )
    countries = connection.execute(
        "select distinct country_text from zoom where trim(country_text) <> ''"
    ).fetchall()
    connection.execute("create table typed_countries (typed varchar, code varchar, key varchar)")
    rows = [(t, country_code(t), country_code(t) or normalise_text(t)) for (t,) in countries]
    if rows:
        connection.executemany("insert into typed_countries values (?, ?, ?)", rows)


def run(raw: Path, year: int, out: Path, compiled: Path) -> dict[str, float]:
    """Reads, computes and writes; the seconds of each."""
    out.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, float] = defaultdict(float)
    started = time.perf_counter()
    landing = Landing(year, raw / str(year), out / "landing", hashlib.sha256(KEY).digest())
    land_small_sources(landing)
    connection = duckdb.connect(str(out / "build.duckdb"))
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'; set temp_directory = '{out / 'spill'}'")
    connection.execute("create schema landing")
    read_zoom(connection, landing.exports)
    for table in landing_tables(load_contracts()):
        if table.name != _BY_DUCKDB:
            path = landing.table_path(table.name)
            connection.execute(f"create view landing.{table.name} as select * from read_parquet('{path}')")
    seconds["read"] = time.perf_counter() - started
    started = time.perf_counter()
    for seed in sorted((compiled.parent / "seeds").glob("*.csv")):
        connection.execute(f"create table {seed.stem} as select * from read_csv('{seed}')")
    for name, kind, sql in compiled_models(compiled):
        connection.execute(f'create {kind} "{name}" as {sql}')
    seconds["compute"] = time.perf_counter() - started
    started = time.perf_counter()
    for name in ("figures", "annex_activity", "annex_engagement"):
        connection.execute(f"copy \"{name}\" to '{out / name}.csv' (header)")
    seconds["write"] = time.perf_counter() - started
    connection.close()
    return seconds


def main() -> None:
    """The command line; prints the seconds of each part as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, required=True)
    parser.add_argument("--year", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--compiled", type=Path, required=True, help="Folder of the manifest and of the SQL that ran."
    )
    arguments = parser.parse_args()
    print(json.dumps(run(arguments.raw, arguments.year, arguments.out, arguments.compiled)))


if __name__ == "__main__":
    main()
