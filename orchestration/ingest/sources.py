"""Ingests one source of a year: finds its files, reads them, and writes its landing tables.

A source is not read again while its files, its contract and the sources that it refers to are unchanged.
"""

from __future__ import annotations

import hashlib
import json
import re
import traceback
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.errors import MetropolisError, Refusal
from orchestration.fingerprints import source_fingerprint
from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.contracts import (
    REGISTRATION_FILE,
    Contract,
    load_contracts,
)
from orchestration.ingest.corrections import (
    CORRECTIONS,
    CorrectedValue,
    Correction,
    correct,
    corrections_of,
)
from orchestration.ingest.counting import count_records
from orchestration.ingest.errors import (
    FileRefused,
    Finding,
    QuarantinedRow,
    Reason,
    RowError,
)
from orchestration.ingest.folder import odd_entries
from orchestration.ingest.layout import LISTED_PLACES, Layout, Surroundings
from orchestration.ingest.loader import LoadedFile, empty_tables, load_file, reject_file, texts_of
from orchestration.ingest.normalise import normalise_text
from orchestration.ingest.parquet_writer import LandingWriter
from orchestration.ingest.pseudonyms import Pseudonymiser, forgotten_marks, load_or_make_key
from orchestration.ingest.schema import list_tables, main_table
from orchestration.ingest.workers import load_in_order
from orchestration.paths import Home
from orchestration.storage import (
    read_json,
    sha256_of_file,
    write_atomically,
    write_json,
)

# The column of a reference's source that other sources point at.
REFERENCE_KEYS = {"programme": "event_id", "members": "member_id"}


class SourceRefused(MetropolisError):
    """One or more files of a source are refused."""

    def __init__(self, refusals: list[FileRefused]) -> None:
        super().__init__("\n".join(str(refusal) for refusal in refusals))
        self.refusals = refusals


class ReadingFailed(Refusal):
    """An unexpected error in a reader: file, error class and place in the code, without its message."""

    @classmethod
    def of(cls, name: str, error: Exception) -> ReadingFailed:
        """The error without its message, which may quote a row."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return cls(f"{name}: {type(error).__name__} in {frame.name}, line {frame.lineno}")


@dataclass(frozen=True)
class SourceFile:
    """A file that was read, with its row counts."""

    source_file: str
    source: str
    sha256: str
    bytes: int
    rows_counted: int | None
    rows_read: int
    rows_loaded: int
    rows_quarantined: int


@dataclass
class SourceState:
    """State of a landed source, stored as JSON beside its tables.

    ``tables`` holds the SHA-256 of each landing table as it was written.
    """

    fingerprint: str = ""
    tables: dict[str, str] = field(default_factory=dict)
    files: list[SourceFile] = field(default_factory=list)
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    corrected: list[CorrectedValue] = field(default_factory=list)
    was_cached: bool = False


@dataclass(frozen=True)
class Landing:
    """The landing of one year: folder of exports, folder of tables, pseudonym key."""

    year: int
    exports: Path
    folder: Path
    pseudonym_key: bytes
    forgotten: Mapping[str, str] = field(default_factory=dict)

    def table_path(self, name: str) -> Path:
        """The Parquet file of a table."""
        return self.folder / f"{name}.parquet"

    def state_path(self, source: str) -> Path:
        """The JSON beside a source's tables."""
        return self.folder / "state" / f"{source}.json"

    def read_state(self, source: str) -> SourceState | None:
        """The state of a source as last landed; None if missing or unusable."""
        node = read_json(self.state_path(source))
        if node is None:
            return None
        try:
            return SourceState(
                fingerprint=node["fingerprint"],
                tables=node["tables"],
                files=[SourceFile(**each) for each in node["files"]],
                quarantined=[QuarantinedRow(**each) for each in node["quarantined"]],
                findings=[Finding(**each) for each in node["findings"]],
                corrected=[CorrectedValue(**each) for each in node["corrected"]],
                was_cached=True,
            )
        except (KeyError, TypeError):
            # Of another version.
            return None

    def read_table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """Reads a landing table, or some of its columns."""
        # A dataset, as which pyarrow reads a path by itself, takes a second to import.
        return pq.ParquetFile(self.table_path(name)).read(columns)

    def write_table(self, name: str, table: pa.Table) -> None:
        """Writes a landing table atomically."""
        path = self.table_path(name)
        with write_atomically(path) as aside:
            pq.write_table(table, aside, compression="zstd")


def landing_of(home: Home, raw: Path, year: int) -> Landing:
    """The landing of a year in a home; its key is made where there is none.

    Raises PseudonymKeyError for a key that cannot be used.
    """
    key = load_or_make_key(home.pseudonym_key)
    return Landing(year, raw / str(year), home.landing(year), key, forgotten_marks(home.forgotten))


def source_paths(contract: Contract, exports: Path) -> list[Path]:
    """The existing files of a source, sorted by name.

    Raises SourceRefused where a source that may not be absent has none, or has two forms at once, and with whatever has
    the name of one of its files and cannot be read as one.
    """
    folder = exports / Path(contract.file).parent
    names = {
        Path(contract.file).name,
        *([Path(contract.format.workbook.file).name] if contract.format.workbook else []),
    }
    odd = [
        refusal
        for path, refusal in odd_entries(folder, exports)
        if path == folder or any(fnmatchcase(refusal.source_file.rpartition("/")[2], name) for name in names)
    ]
    if odd:
        raise SourceRefused(odd)
    return _present_paths(contract, exports)


def _present_paths(contract: Contract, exports: Path) -> list[Path]:
    if contract.per_event:
        folder = (exports / contract.file).parent
        if not folder.is_dir():
            name = folder.relative_to(exports).as_posix()
            raise SourceRefused([FileRefused(name, "no folder", "the folder of the year's registrations")])
        return sorted(path for path in exports.glob(contract.file) if path.is_file())
    names = [contract.file] + ([contract.format.workbook.file] if contract.format.workbook else [])
    paths = [exports / name for name in names if (exports / name).is_file()]
    if len(paths) > 1:
        refusal = FileRefused(contract.file, f"{names[0]} and {names[1]}", "one of them")
        raise SourceRefused([refusal])
    if not paths and not contract.optional:
        found = f"no file{_nearly_named(exports, names)}"
        raise SourceRefused([FileRefused(contract.file, found, "the export of the year")])
    return paths


def _nearly_named(exports: Path, names: list[str]) -> str:
    """A file of nearly the same name beside the one that is not there: people think that it is read."""
    wanted = {Path(name).stem.casefold() for name in names}
    for path in sorted((exports / names[0]).parent.glob("*")):
        stem = re.sub(r"[ _-]*(\(\d+\)|copy|copia|copie|final|v?\d{1,2})$", "", path.stem.casefold())
        if path.is_file() and stem in wanted:
            return f" of that name, but {path.name}"
    return ""


def refusals_of_year(landing: Landing) -> list[FileRefused]:
    """Every file of a year that is refused, in one pass.

    Nothing is landed for good: sources are landed as far as they can be. Where what rows refer to was refused, the
    files are read for their form alone.
    """
    refusals: list[FileRefused] = []
    refused: set[str] = set()
    contracts = sorted(load_contracts().values(), key=lambda each: (len(references_of(each)), each.source))
    for contract in contracts:
        try:
            if refused & set(references_of(contract)):
                refusals += _refusals_of_form(landing, contract)
            else:
                ingest_source(landing, contract)
        except SourceRefused as error:
            refused.add(contract.source)
            refusals += error.refusals
    # A folder may be wrong for several sources.
    return list({str(refusal): refusal for refusal in refusals}.values())


def _refusals_of_form(landing: Landing, contract: Contract) -> list[FileRefused]:
    """The files of a source that are refused regardless of other sources."""
    job = _Job(landing, contract, {name: AnyKey() for name in (*references_of(contract), LISTED_PLACES)})
    outcomes = map(job, source_paths(contract, landing.exports))
    return [outcome for outcome in outcomes if isinstance(outcome, FileRefused)]


class AnyKey(frozenset[str]):
    """A set that contains every key, for files that are read for their form alone."""

    def __contains__(self, key: object) -> bool:
        return True


def source_file_of(path: Path, exports: Path) -> str:
    """A file's name in landing and release: path below the exports, without e-mail addresses."""
    name = path.relative_to(exports).as_posix()
    told = without_addresses(name, incomplete=True)
    if told == name:
        return name
    alike = [
        each
        for each in sorted(path.parent.iterdir())
        if without_addresses(each.relative_to(exports).as_posix(), incomplete=True) == told
    ]
    number = alike.index(path) + 1
    return told if number == 1 else f"{told} {number}"


def loaded_keys(landing: Landing, source: str) -> frozenset[str]:
    """The keys of a landed source, for references of other sources."""
    column = REFERENCE_KEYS[source]
    table = landing.read_table(source, [column])
    return frozenset(table.column(column).to_pylist())


def _listed_places(landing: Landing) -> frozenset[str]:
    """The keys of all names in the registers of members, as far as these can be read: names of places, not of people."""
    keys: set[str] = set()
    surroundings = Surroundings({"members": AnyKey()}, Pseudonymiser(landing.pseudonym_key))
    for source in ("members", "member_names"):
        contract = load_contracts()[source]
        with suppress(FileRefused, OSError):
            content = (landing.exports / contract.file).read_bytes()
            keys |= set(
                map(
                    normalise_text, texts_of(content, contract.file, contract, surroundings, ["name"])["name"]
                )
            )
    return frozenset(keys)


def references_of(contract: Contract) -> list[str]:
    """The sources that must be landed before this one."""
    named = {column.references for column in contract.columns if column.references}
    if contract.per_event:
        named.add("programme")
    if contract.source != CORRECTIONS:
        named.add(CORRECTIONS)
    return sorted(named)


def declared_corrections(landing: Landing) -> list[Correction]:
    """The declared corrections of the year; empty before their source is landed."""
    if not landing.table_path(CORRECTIONS).exists():
        return []
    rows: list[Correction] = landing.read_table(CORRECTIONS).to_pylist()
    return rows


def ingest_source(landing: Landing, contract: Contract) -> SourceState:
    """Lands a source; does nothing if neither its files nor what validates them changed.

    Raises SourceRefused with every file of it that breaks its contract.
    """
    paths = source_paths(contract, landing.exports)
    references = {
        name: loaded_keys(landing, name) for name in references_of(contract) if name in REFERENCE_KEYS
    }
    if contract.personal:
        references[LISTED_PLACES] = _listed_places(landing)
    # The declarations themselves are landed first, and are not corrected.
    declared = [] if contract.source == CORRECTIONS else declared_corrections(landing)
    corrections = corrections_of(contract, declared)
    cached = landing.read_state(contract.source)
    if cached and cached.tables == _table_hashes(landing, contract):
        hashes = [sha256_of_file(path) for path in paths]
        if cached.fingerprint == _fingerprint(landing, contract, paths, hashes, references, corrections):
            return cached
    # A landing that is being rewritten has no state, so that a crash half way is not taken for whole.
    landing.state_path(contract.source).unlink(missing_ok=True)
    state = SourceState()
    _load_files(landing, contract, paths, references, corrections, state)
    # Of the bytes that were read, whatever the files hold by now.
    read = [file.sha256 for file in state.files]
    state.fingerprint = _fingerprint(landing, contract, paths, read, references, corrections)
    state.tables = _table_hashes(landing, contract)
    write_json(landing.state_path(contract.source), _as_node(state))
    return state


def _as_node(state: SourceState) -> dict[str, Any]:
    node = asdict(state)
    del node["was_cached"]
    return node


def _table_hashes(landing: Landing, contract: Contract) -> dict[str, str]:
    """SHA-256 of the existing tables of a source."""
    names = [main_table(contract).name, *(table.name for table in list_tables(contract))]
    paths = {name: landing.table_path(name) for name in names}
    return {name: sha256_of_file(path) for name, path in paths.items() if path.is_file()}


def _fingerprint(
    landing: Landing,
    contract: Contract,
    paths: list[Path],
    hashes: list[str],
    references: dict[str, frozenset[str]],
    corrections: list[Correction],
) -> str:
    beside = sorted(landing.exports.glob("events/registrations/*")) if contract.per_event else []
    further = ["beside", *(path.name for path in beside)]
    if contract.personal:
        key = hashlib.sha256(landing.pseudonym_key).hexdigest()
        further += ["pseudonyms", key, *sorted(landing.forgotten)]
    for name, keys in references.items():
        further += [name, *sorted(keys)]
    further += ["corrections", json.dumps(corrections, default=str)]
    files = zip((path.name for path in paths), hashes, strict=True)
    return source_fingerprint(contract.source, files, further)


def _load_files(
    landing: Landing,
    contract: Contract,
    paths: list[Path],
    references: dict[str, frozenset[str]],
    corrections: list[Correction],
    state: SourceState,
) -> None:
    """Loads, corrects and writes every file in name order; names all refused files."""
    refusals: list[FileRefused] = []
    job = _Job(landing, contract, references)
    tables = [main_table(contract), *list_tables(contract)]
    with LandingWriter(landing.folder, tables) as writer:
        for loaded in load_in_order(job, paths):
            if isinstance(loaded, FileRefused):
                refusals.append(loaded)
                continue
            result, file = loaded
            of_file = [each for each in corrections if each["corrected_file"] == file.source_file]
            table, corrected, wrong = correct(result.tables[contract.source], contract, of_file)
            refusals.extend(wrong)
            writer.append(result.tables | {contract.source: table})
            state.corrected.extend(corrected)
            state.files.append(file)
            state.quarantined.extend(result.quarantined)
            state.findings.extend(result.findings)
        if refusals:
            raise SourceRefused(refusals)


@dataclass(frozen=True)
class _Job:
    """Loads one file of a source; can be sent to another process."""

    landing: Landing
    contract: Contract
    references: Mapping[str, frozenset[str]]

    def __call__(self, path: Path) -> tuple[LoadedFile, SourceFile] | FileRefused:
        try:
            return self._load(path)
        except FileRefused as refusal:
            return refusal
        except Exception as error:
            if not self.contract.personal:
                raise
            # Errors are kept with the run: nothing of this one but its kind may be.
            raise ReadingFailed.of(source_file_of(path, self.landing.exports), error) from None

    def _load(self, path: Path) -> tuple[LoadedFile, SourceFile]:
        # What the file before took is given back first, or a process grows by its largest files together.
        pa.default_memory_pool().release_unused()
        contract = self.contract
        source_file = source_file_of(path, self.landing.exports)
        content = read_bytes(path, source_file)
        event_id = _event_id(source_file, contract)
        pseudonymiser = Pseudonymiser(self.landing.pseudonym_key, self.landing.forgotten)
        surroundings = Surroundings(
            self.references, pseudonymiser, event_id, _platforms_beside(path, event_id)
        )
        if event_id is not None and event_id not in self.references["programme"]:
            result = _reject_unknown_event(content, source_file, contract, surroundings)
        else:
            result = load_file(content, source_file, contract, surroundings)
        _assert_nothing_lost(source_file, result)
        if contract.source in REFERENCE_KEYS:
            _refuse_repeated(source_file, result.tables[contract.source], REFERENCE_KEYS[contract.source])
        return result, SourceFile(
            source_file=source_file,
            source=contract.source,
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
            rows_counted=_count(content, source_file, contract, surroundings, result),
            rows_read=result.rows_read,
            rows_loaded=result.rows_loaded,
            rows_quarantined=len(result.quarantined),
        )


def read_bytes(path: Path, source_file: str) -> bytes:
    """The bytes of a file; raises FileRefused for one that cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise FileRefused(source_file, found, "a file that this user may read") from None


def _count(
    content: bytes, source_file: str, contract: Contract, surroundings: Surroundings, result: LoadedFile
) -> int | None:
    """The independently counted records of a file; 0 for an unreadable file of an unknown event."""

    def layout_of(header: tuple[str, ...]) -> Layout:
        return Layout(contract, header, source_file, surroundings, is_lenient=True)

    return count_records(content, source_file, contract, layout_of) if result.is_read else 0


def _assert_nothing_lost(source_file: str, result: LoadedFile) -> None:
    if result.rows_read != result.rows_loaded + len(result.quarantined):
        raise AssertionError(
            f"{source_file}: {result.rows_read} rows read, {result.rows_loaded} loaded, "
            f"{len(result.quarantined)} quarantined"
        )


def _refuse_repeated(source_file: str, table: pa.Table, key: str) -> None:
    """Refuses a referenced file with a duplicate key in its loaded rows."""
    lines: dict[str, list[str]] = defaultdict(list)
    for value, line in zip(table[key].to_pylist(), table["source_line"].to_pylist(), strict=True):
        lines[value].append(str(line))
    repeated = [f"{value} in lines {' and '.join(at)}" for value, at in lines.items() if len(at) > 1]
    if repeated:
        raise FileRefused(source_file, f"{key} {'; '.join(repeated)}", "each once")


def _event_id(source_file: str, contract: Contract) -> str | None:
    if not contract.per_event:
        return None
    match = REGISTRATION_FILE.match(source_file)
    return match["event_id"] if match else source_file


def _platforms_beside(path: Path, event_id: str | None) -> frozenset[str]:
    if event_id is None:
        return frozenset()
    names = {each.name for each in path.parent.iterdir()}
    return frozenset(
        contract.per_event
        for contract in load_contracts().values()
        if contract.per_event and f"{event_id}__{contract.per_event}.csv" in names
    )


def _reject_unknown_event(
    content: bytes, source_file: str, contract: Contract, surroundings: Surroundings
) -> LoadedFile:
    """Quarantines all rows of a file whose event the programme does not list (rule 38)."""
    message = f"Event {surroundings.event_id} is in no loaded row of the programme"
    fault = RowError(Reason.UNKNOWN_EVENT, message, "event_id")
    try:
        result = reject_file(content, source_file, contract, surroundings, fault)
    except FileRefused as refusal:
        result = LoadedFile(empty_tables(contract), 0, 0, is_read=False)
        message = f"{message}; the file is unreadable too: {refusal.found}"
    result.findings.append(Finding("note", "file_without_event", source_file, message))
    return result
