"""A source of one year, from its files to its landing tables.

Here belongs which files a source has, what is cached of it, and what is written. Judging rows belongs in
``loading``; what the sources say together belongs in ``manifest``.
"""

from __future__ import annotations

import hashlib
import json
import traceback
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingest.bulk import load_in_bulk
from orchestration.ingest.columns import load_in_columns
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
from orchestration.ingest.faults import (
    FileRefused,
    Finding,
    QuarantinedRow,
    Reason,
    RowFault,
)
from orchestration.ingest.loading import FileLoader, LoadedFile, Surroundings
from orchestration.ingest.pseudonyms import Pseudonymiser, forgotten_marks, load_or_make_key
from orchestration.ingest.records import read_records
from orchestration.ingest.schema import list_tables, main_table
from orchestration.ingest.workers import load_in_order
from orchestration.ingest.writing import LandingWriter
from orchestration.paths import CONTRACTS_FOLDER, Home
from orchestration.storage import fingerprint_of_files, sha256_of_file, write_atomically

# The column of a reference's source that other sources point at.
REFERENCE_KEYS = {"programme": "event_id", "members": "member_id"}


class SourceRefused(Exception):
    """One or more files of a source break their contract as a whole."""

    def __init__(self, refusals: list[FileRefused]) -> None:
        super().__init__("\n".join(str(refusal) for refusal in refusals))
        self.refusals = refusals


class ReadingFailed(Exception):
    """A file with personal data broke its reader: which file, what kind of error, where in the code."""

    @classmethod
    def of(cls, name: str, error: Exception) -> ReadingFailed:
        """The failure without the error's own message, which may quote a row."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return cls(f"{name}: {type(error).__name__} in {frame.name}, line {frame.lineno}")


@dataclass(frozen=True)
class SourceFile:
    """A file that was read and what became of its rows."""

    source_file: str
    source: str
    sha256: str
    bytes: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int


@dataclass
class SourceState:
    """What the landing knows of a source beside its rows; kept as JSON next to them."""

    fingerprint: str = ""
    files: list[SourceFile] = field(default_factory=list)
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    corrected: list[CorrectedValue] = field(default_factory=list)
    was_cached: bool = False


@dataclass(frozen=True)
class Landing:
    """The landing of one year: where exports come from, where tables go, under which key."""

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
        """The state of a source as last landed; None where there is none."""
        path = self.state_path(source)
        if not path.exists():
            return None
        node = json.loads(path.read_text(encoding="utf-8"))
        return SourceState(
            fingerprint=node["fingerprint"],
            files=[SourceFile(**each) for each in node["files"]],
            quarantined=[QuarantinedRow(**each) for each in node["quarantined"]],
            findings=[Finding(**each) for each in node["findings"]],
            corrected=[CorrectedValue(**each) for each in node.get("corrected", [])],
            was_cached=True,
        )

    def read_table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A table of the landing, or some of its columns."""
        # A dataset, as which pyarrow reads a path by itself, takes a second to import.
        return pq.ParquetFile(self.table_path(name)).read(columns)

    def write_table(self, name: str, table: pa.Table) -> None:
        """A table of the landing, whole or not at all."""
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
    """The files of a source that are there, in the order of their names.

    Raises SourceRefused where a source that may not be absent has none, or has two forms at once.
    """
    if contract.per_event:
        return sorted(path for path in exports.glob(contract.file) if path.is_file())
    names = [contract.file] + ([contract.workbook.file] if contract.workbook else [])
    paths = [exports / name for name in names if (exports / name).is_file()]
    if len(paths) > 1:
        refusal = FileRefused(contract.file, f"{names[0]} and {names[1]}", "one of them")
        raise SourceRefused([refusal])
    if not paths and not contract.optional:
        raise SourceRefused([FileRefused(contract.file, "no file", "the export of the year")])
    return paths


def loaded_keys(landing: Landing, source: str) -> frozenset[str]:
    """The keys of a landed source that other sources may point at."""
    column = REFERENCE_KEYS[source]
    table = landing.read_table(source, [column])
    return frozenset(table.column(column).to_pylist())


def references_of(contract: Contract) -> list[str]:
    """The sources that must be landed before this one."""
    named = {column.references for column in contract.columns if column.references}
    if contract.per_event:
        named.add("programme")
    if contract.source != CORRECTIONS:
        named.add(CORRECTIONS)
    return sorted(named)


def declared_corrections(landing: Landing) -> list[Correction]:
    """The corrections of the year; none before their source is landed."""
    if not landing.table_path(CORRECTIONS).exists():
        return []
    rows: list[Correction] = landing.read_table(CORRECTIONS).to_pylist()
    return rows


def ingest_source(landing: Landing, contract: Contract) -> SourceState:
    """Lands a source, or keeps what is landed where neither its files nor what judges them changed.

    Raises SourceRefused with every file of it that breaks its contract.
    """
    paths = source_paths(contract, landing.exports)
    references = {
        name: loaded_keys(landing, name) for name in references_of(contract) if name in REFERENCE_KEYS
    }
    corrections = corrections_of(contract, declared_corrections(landing))
    cached = landing.read_state(contract.source)
    if cached and _tables_exist(landing, contract):
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
    with write_atomically(landing.state_path(contract.source)) as aside:
        aside.write_text(_as_json(state), encoding="utf-8")
    return state


def _as_json(state: SourceState) -> str:
    node = asdict(state)
    del node["was_cached"]
    return json.dumps(node, ensure_ascii=False, indent=1)


def _tables_exist(landing: Landing, contract: Contract) -> bool:
    names = [main_table(contract).name, *(table.name for table in list_tables(contract))]
    return all(landing.table_path(name).exists() for name in names)


def _fingerprint(
    landing: Landing,
    contract: Contract,
    paths: list[Path],
    hashes: list[str],
    references: dict[str, frozenset[str]],
    corrections: list[Correction],
) -> str:
    code = sorted(Path(__file__).parent.glob("*.py"))
    declared = [
        CONTRACTS_FOLDER / f"{contract.source}.yml",
        CONTRACTS_FOLDER / "_vocabularies.yml",
    ]
    beside = sorted(landing.exports.glob("events/registrations/*")) if contract.per_event else []
    digest = hashlib.sha256()
    digest.update(fingerprint_of_files([*code, *declared]).encode())
    for path, sha256 in zip(paths, hashes, strict=True):
        digest.update(f"{path.name}\0{sha256}\n".encode())
    digest.update("|".join(path.name for path in beside).encode())
    if contract.personal:
        digest.update(hashlib.sha256(landing.pseudonym_key).digest())
        digest.update("|".join(sorted(landing.forgotten)).encode())
    for name, keys in references.items():
        digest.update(f"{name}:{'|'.join(sorted(keys))}".encode())
    digest.update(json.dumps(corrections, default=str).encode())
    return digest.hexdigest()


def _load_files(
    landing: Landing,
    contract: Contract,
    paths: list[Path],
    references: dict[str, frozenset[str]],
    corrections: list[Correction],
    state: SourceState,
) -> None:
    """Lands the rows of every file, corrected, in the order of their names; all files that are wrong are named."""
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
    unique: set[str] = field(default_factory=set)

    def __call__(self, path: Path) -> tuple[LoadedFile, SourceFile] | FileRefused:
        try:
            return self._load(path)
        except FileRefused as refusal:
            return refusal
        except Exception as error:
            if not self.contract.personal:
                raise
            # Errors are kept with the run: nothing of this one but its kind may be.
            raise ReadingFailed.of(path.name, error) from None

    def _load(self, path: Path) -> tuple[LoadedFile, SourceFile]:
        # What the file before took is given back first, or a process grows by its largest files together.
        pa.default_memory_pool().release_unused()
        contract = self.contract
        source_file = path.relative_to(self.landing.exports).as_posix()
        content = path.read_bytes()
        result = self._rows(path, source_file, content)
        _assert_nothing_lost(source_file, result)
        if contract.source in REFERENCE_KEYS:
            _refuse_repeated(source_file, result.tables[contract.source], REFERENCE_KEYS[contract.source])
        return result, SourceFile(
            source_file=source_file,
            source=contract.source,
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
            rows_read=result.rows_read,
            rows_loaded=result.rows_loaded,
            rows_quarantined=len(result.quarantined),
        )

    def _rows(self, path: Path, source_file: str, content: bytes) -> LoadedFile:
        contract = self.contract
        event_id = _event_id(source_file, contract)
        pseudonymiser = Pseudonymiser(self.landing.pseudonym_key, self.landing.forgotten)
        surroundings = Surroundings(
            self.references, pseudonymiser, event_id, _platforms_beside(path, event_id)
        )
        loader = FileLoader(contract, source_file, surroundings, self.unique)
        if event_id is not None and event_id not in self.references["programme"]:
            return _reject_unknown_event(loader, content, source_file, contract, event_id)
        if in_bulk := load_in_bulk(content, source_file, contract, surroundings):
            return in_bulk
        records, header = read_records(content, source_file, contract)
        in_columns = load_in_columns(records, header, source_file, contract, surroundings, self.unique)
        return in_columns or loader.load(records, header)


def _assert_nothing_lost(source_file: str, result: LoadedFile) -> None:
    if result.rows_read != result.rows_loaded + len(result.quarantined):
        raise AssertionError(
            f"{source_file}: {result.rows_read} rows read, {result.rows_loaded} loaded, "
            f"{len(result.quarantined)} quarantined"
        )


def _refuse_repeated(source_file: str, table: pa.Table, key: str) -> None:
    """Refuses a file that others point at, where a key of it stands in two loaded rows."""
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
    loader: FileLoader, content: bytes, source_file: str, contract: Contract, event_id: str
) -> LoadedFile:
    """A file of an event that the programme does not list: all its rows go to quarantine."""
    message = f"Event {event_id} is in no loaded row of the programme"
    try:
        records, _ = read_records(content, source_file, contract)
        result = loader.reject_all(records, RowFault(Reason.UNKNOWN_EVENT, message, "event_id"))
    except FileRefused as refusal:
        result = loader.reject_all([], RowFault(Reason.UNKNOWN_EVENT, message))
        message = f"{message}; the file is unreadable too: {refusal.found}"
    result.findings.append(Finding("note", "file_without_event", source_file, message))
    return result
