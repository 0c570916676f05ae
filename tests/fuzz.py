"""Fuzzes every reader for a bounded time: ``python -m tests.fuzz --seconds 120 --seed 7``.

Whatever the damage, a file is refused by name or all of its rows are accounted for: no traceback, no lost
row, no personal data in a message. A failing input is written to ``build/fuzz``, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from orchestration.ingest.contracts import Contract, load_contracts
from orchestration.ingest.counting import count_records
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.layout import Layout, Surroundings
from orchestration.ingest.loader import LoadedFile, load_file
from orchestration.ingest.sources import source_paths
from orchestration.paths import PROJECT_FOLDER
from tests.support.landing import Known, file_name
from tests.support.year_factory import write_year

YEAR = 2019
LONGEST = 20_000
SECRET = "Zuleika.Quetzal@example.org"
KEPT = PROJECT_FOLDER / "build" / "fuzz"
TOKENS = (
    b'"', b'""', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xc3", b"\xe2\x80", b"\xed\xa0\x80", b"Attendee Details,\r\n", b"Other Attended,\r\n", b"Host Details,",
    b"2. Participants\r\n", b"1. Summary", b"--", b"|", b"{", b"}", b"[", b"]", b":", b"null", b"1e999", b"NaN",
    b"\\ud800", b"\\u0000", b"9" * 30, b"=1+1", b"31/02/2019", b"2019-02-30", SECRET.encode(), "ТАІРЕІ".encode(),
    b" " * 200, b"-", b"'",
)  # fmt: skip
Damage = Callable[[Random, bytes], bytes]


# --- damage ------------------------------------------------------------------------------------


def _cut(rng: Random, content: bytes) -> tuple[int, int]:
    start = rng.randrange(len(content) + 1)
    return start, min(len(content), start + rng.choice((1, 1, 2, 8, 60, 400)))


def flip(rng: Random, content: bytes) -> bytes:
    """Changes a byte."""
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]


def remove(rng: Random, content: bytes) -> bytes:
    """Removes a part."""
    start, end = _cut(rng, content)
    return content[:start] + content[end:]


def repeat(rng: Random, content: bytes) -> bytes:
    """Inserts a copy of a part elsewhere."""
    start, end = _cut(rng, content)
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[start:end] * rng.choice((1, 1, 3)) + content[at:]


def insert(rng: Random, content: bytes) -> bytes:
    """Inserts a token with a meaning for some reader."""
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(TOKENS) * rng.choice((1, 1, 1, 2)) + content[at:]


def truncate(rng: Random, content: bytes) -> bytes:
    """Cuts off the end."""
    return content[: rng.randrange(len(content) + 1)]


def in_another_encoding(rng: Random, content: bytes) -> bytes:
    """The same text in an encoding that may be another."""
    text = content.decode(rng.choice(("utf-8", "cp1252", "utf-16")), "replace")
    return text.encode(rng.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be")), "replace")


def shuffle_lines(rng: Random, content: bytes) -> bytes:
    """The same lines in another order."""
    lines = content.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


DAMAGES: tuple[Damage, ...] = (
    flip,
    remove,
    repeat,
    insert,
    insert,
    truncate,
    in_another_encoding,
    shuffle_lines,
)


def damaged(rng: Random, content: bytes) -> bytes:
    """The bytes after one to six damages."""
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        content = rng.choice(DAMAGES)(rng, content)
    return content[:LONGEST]


def damaged_workbook(rng: Random, content: bytes) -> bytes:
    """A workbook damaged as a file, or in one of the parts that are packed in it."""
    if rng.random() < 0.4:
        return damaged(rng, content)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(buffer, "w") as packed:
        spoilt = rng.choice([name for name in whole.namelist() if name.startswith("xl/")])
        for name in whole.namelist():
            part = whole.read(name)
            packed.writestr(name, damaged(rng, part) if name == spoilt else part)
    return buffer.getvalue()


# --- targets -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """A reader, with exports that it reads whole."""

    source: str
    seeds: list[bytes]
    is_workbook: bool = False

    @property
    def name(self) -> str:
        """The source, and its form where it has two."""
        return f"{self.source} (workbook)" if self.is_workbook else self.source

    def input(self, rng: Random) -> bytes:
        """One damaged export."""
        seed = rng.choice(self.seeds)
        return damaged_workbook(rng, seed) if self.is_workbook else damaged(rng, seed)


def targets(folder: Path) -> Iterator[Target]:
    """Every reader, over the exports of a dirty synthetic year."""
    for ledger_format in ("csv", "xlsx"):
        exports = folder / ledger_format / str(YEAR)
        write_year(exports, YEAR, seed=11, registrations=60, ledger_format=ledger_format)
        for contract in load_contracts().values():
            if ledger_format == "csv" and not contract.optional:
                yield Target(contract.source, [path.read_bytes() for path in source_paths(contract, exports)])
            elif ledger_format == "csv":
                header = contract.format.delimiter.join(column.headers[0] for column in contract.columns)
                yield Target(contract.source, [f"{header}\n".encode() * 2])
            elif contract.format.workbook:
                yield Target(contract.source, [(exports / contract.format.workbook.file).read_bytes()], True)


class Broken(AssertionError):
    """An invariant is violated."""


def attempt(target: Target, content: bytes) -> None:
    """Reads bytes and checks the invariants; raises Broken."""
    contract = load_contracts()[target.source]
    name = file_name(target.source, workbook=target.is_workbook)
    try:
        loaded = _load(contract, name, content)
    except FileRefused as refusal:
        if refusal.source_file != name or not refusal.found or not refusal.expected:
            raise Broken("a refusal does not say which file, what was found, what was expected") from None
        _check_silence(contract, str(refusal))
        return
    landed = loaded.tables[contract.source].num_rows
    if (
        not loaded.rows_read
        == landed + len(loaded.quarantined)
        == loaded.rows_loaded + len(loaded.quarantined)
    ):
        raise Broken(f"{loaded.rows_read} rows read, {landed} landed, {len(loaded.quarantined)} quarantined")
    told = [row.reason for row in loaded.quarantined] + [each.message for each in loaded.findings]
    _check_silence(contract, *told)
    _check_silence(contract, str(loaded.tables[contract.source].to_pylist()))
    _check_count(contract, name, content, loaded)


def _load(contract: Contract, name: str, content: bytes) -> LoadedFile:
    return load_file(content, name, contract, _known(contract))


def _known(contract: Contract) -> Surroundings:
    return Known(events=frozenset({f"E{YEAR}-001"})).surroundings(contract.per_event)


def _check_silence(contract: Contract, *texts: str) -> None:
    """Messages and tables hold no personal data."""
    for text in texts:
        text.encode("utf-8")
        if contract.personal and SECRET.casefold() in text.casefold():
            raise Broken("an address is told")


def _check_count(contract: Contract, name: str, content: bytes, loaded: LoadedFile) -> None:
    def layout_of(header: tuple[str, ...]) -> Layout:
        return Layout(contract, header, name, _known(contract), is_lenient=True)

    counted = count_records(content, name, contract, layout_of)
    if counted not in (None, loaded.rows_read):
        raise Broken(f"{loaded.rows_read} rows read of {counted} that were counted")


# --- the run -----------------------------------------------------------------------------------


def fuzz(target: Target, rng: Random, seconds: float) -> tuple[int, bytes | None]:
    """Fuzzes one reader for a while; returns the number of inputs and the failing one, if any."""
    for seed in target.seeds:
        attempt(target, seed)
    ends = time.monotonic() + seconds
    count = 0
    while time.monotonic() < ends:
        content = target.input(rng)
        count += 1
        try:
            attempt(target, content)
        except Exception:
            traceback.print_exc()
            return count, content
    return count, None


def main() -> int:
    """Every reader in turn; the exit code is 1 where one broke."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=90.0, help="for all readers together")
    parser.add_argument("--seed", type=int, default=1, help="the same seed damages in the same way")
    parser.add_argument("--reader", help="only readers whose name has this in it")
    arguments = parser.parse_args()
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        chosen = [each for each in targets(Path(folder)) if (arguments.reader or "") in each.name]
        for target in chosen:
            rng = Random(f"{arguments.seed}/{target.name}")
            count, content = fuzz(target, rng, arguments.seconds / len(chosen))
            print(f"{target.name:28} {count:7} inputs  {'ok' if content is None else 'BROKEN'}", flush=True)
            if content is not None:
                broken += 1
                KEPT.mkdir(parents=True, exist_ok=True)
                path = KEPT / f"{target.source}-{sha256(content).hexdigest()[:12]}"
                path.write_bytes(content)
                print(f"    kept as {path}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
