"""Files downloads among the exports of a year: proposes a name for each, and puts it there once it is told to.

What is filed stands in ``<year>/provenance.csv`` with its own name, hash, time and person. What it replaces is kept in
``replaced/<year>/`` beside the years. The contents of registrations are read for their form; nothing of them is kept.
"""

from __future__ import annotations

import csv
import hashlib
import os
import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from orchestration.ingest.addresses import without_addresses
from orchestration.ingest.contracts import Contract, load_contracts
from orchestration.ingest.errors import FileRefused
from orchestration.ingest.folder import PROVENANCE
from orchestration.ingest.loader import LoadedFile
from orchestration.ingest.occasions import generated_at
from orchestration.ingest.recognition import (
    Event,
    event_of,
    load_form,
    people_of,
    programme_of,
    source_of,
)
from orchestration.ingest.sources import SourceRefused, read_bytes
from orchestration.storage import read_csv, sha256_of_file, sync_folder, write_atomically

FILE, REPLACE, SAME, ASK, WRONG = "file", "replace", "same", "question", "wrong"
_COLUMNS = ("file", "original_name", "sha256", "filed_at", "filed_by", "because", "replaced_sha256")
# Folders beside the years: what waits to be filed, and what was replaced.
INBOX = "inbox"
_REPLACED = "replaced"
_REASON = ".reason.txt"
_LOCK = ".intake.lock"


@dataclass(frozen=True)
class Proposal:
    """What is to be done with a download: ``action``, the file under the year, and why."""

    path: Path
    name: str
    action: str
    target: str = ""
    reason: str = ""
    sha256: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether it can be filed, or lies there already."""
        return self.action in (FILE, REPLACE, SAME)


@dataclass(frozen=True)
class Choice:
    """What a person decided: the event of a single file, and whether a file that lies there is replaced."""

    event_id: str = ""
    replaces: bool = False


def propose(paths: Sequence[Path], exports: Path, choice: Choice | None = None) -> list[Proposal]:
    """A proposal for each download, in the order given."""
    return _Intake(exports, choice or Choice()).proposals(paths)


class _Intake:
    """The downloads of one call against the exports of a year."""

    def __init__(self, exports: Path, choice: Choice) -> None:
        self._exports = exports
        self._choice = choice
        # No pseudonym made here is kept.
        self._key = secrets.token_bytes(32)
        self._filed = {
            sha256_of_file(path): path.relative_to(exports).as_posix()
            for path in sorted(exports.rglob("*"))
            if path.is_file() and not path.name.startswith(".") and path.name != PROVENANCE
        }
        self._programme: list[Event] = []
        self._attendees = self._attendees_of_filed()

    def _attendees_of_filed(self) -> dict[str, frozenset[str]]:
        """Event → pseudonyms in the reports of Teams that lie there."""
        contract = load_contracts()["teams_participants"]
        found = {}
        for path in sorted(self._exports.glob(contract.file)):
            name = path.relative_to(self._exports).as_posix()
            with suppress(FileRefused):
                loaded = load_form(read_bytes(path, name), name, contract, self._key)
                found[path.name.partition("__")[0]] = people_of(loaded, contract)
        return found

    def proposals(self, paths: Sequence[Path]) -> list[Proposal]:
        recognised = [self._recognise(path) for path in paths]
        self._programme = self._events(recognised)
        # Reports of Teams say their event; their people then say that of a form.
        order = sorted(range(len(recognised)), key=lambda at: not _is_of_teams(recognised[at]))
        proposed = {at: self._propose(recognised[at]) for at in order}
        return _without_rivals([proposed[at] for at in range(len(recognised))])

    def _recognise(self, path: Path) -> _Download | Proposal:
        name = without_addresses(os.fsencode(path.name).decode("utf-8", "replace"), incomplete=True)
        try:
            if not path.is_file():
                raise FileRefused(name, "no file", "a download")
            content = read_bytes(path, name)
            contract = source_of(content, name, self._key)
            workbook = contract.format.workbook
            is_workbook = workbook is not None and content.startswith(b"PK")
            target = workbook.file if workbook is not None and is_workbook else contract.file
            return _Download(path, name, content, contract, target)
        except FileRefused as refusal:
            return Proposal(path, name, WRONG, reason=_said(refusal))

    def _events(self, recognised: Sequence[_Download | Proposal]) -> list[Event]:
        """The programme among the downloads, else the one that lies there."""
        contract = load_contracts()["programme"]
        contents = [
            each.content
            for each in recognised
            if isinstance(each, _Download) and each.contract.source == contract.source
        ]
        path = self._exports / contract.file
        try:
            if not contents and path.is_file():
                contents = [read_bytes(path, contract.file)]
            if not contents:
                return []
            loaded = load_form(contents[0], contract.file, contract, self._key)
        except FileRefused:
            return []
        return programme_of(loaded.tables[contract.source])

    def _propose(self, each: _Download | Proposal) -> Proposal:
        if isinstance(each, Proposal):
            return each
        sha256 = hashlib.sha256(each.content).hexdigest()
        if sha256 in self._filed:
            said = "the same bytes lie there already"
            return Proposal(each.path, each.name, SAME, self._filed[sha256], said, sha256)
        try:
            loaded = load_form(each.content, each.target, each.contract, self._key, self._choice.event_id)
        except FileRefused as refusal:
            return Proposal(each.path, each.name, WRONG, each.target, _said(refusal), sha256)
        if loaded.rows_read and not loaded.rows_loaded:
            first = loaded.quarantined[0]
            said = f"no row can be read; line {first.source_line}, {first.field}: {first.reason}"
            return Proposal(each.path, each.name, WRONG, each.target, said, sha256)
        return self._target(each, loaded, sha256)

    def _target(self, each: _Download, loaded: LoadedFile, sha256: str) -> Proposal:
        reason = f"it has the columns of {each.contract.source}"
        target = each.target
        if each.contract.per_event:
            event_id, reason = self._event(each, loaded)
            if not event_id:
                return Proposal(each.path, each.name, ASK, "", reason, sha256)
            target = target.replace("*", event_id)
        if loaded.quarantined:
            reason += f"; {len(loaded.quarantined)} of {loaded.rows_read} rows cannot be read"
        proposal = Proposal(each.path, each.name, FILE, target, reason, sha256)
        return self._beside_what_lies_there(proposal, each)

    def _event(self, each: _Download, loaded: LoadedFile) -> tuple[str, str]:
        """The event and why; no event, and the question."""
        programme = self._programme
        if self._choice.event_id:
            if any(event.event_id == self._choice.event_id for event in programme):
                return self._choice.event_id, "a person said so"
            return "", f"{self._choice.event_id} is no event of the programme"
        if not programme:
            return "", "there is no programme to find its event in; file programme.csv first"
        found = event_of(each.content, each.name, each.contract, loaded, programme, self._attendees)
        if found.event_id:
            if _is_of_teams(each):
                self._attendees[found.event_id] = people_of(loaded, each.contract)
            return found.event_id, found.reason
        near = "; ".join(
            f'{event.event_id} of {event.start}, "{event.title}"' + (f" ({score:.0f})" if score else "")
            for event, score in found.candidates
        )
        return "", f"{found.reason}{': ' if near else ''}{near}. Say which with --event"

    def _beside_what_lies_there(self, proposal: Proposal, each: _Download) -> Proposal:
        """A proposal that fits what is filed: the older of two exports of one event is not filed."""
        lying = self._exports / proposal.target
        if not lying.is_file():
            return proposal
        replaces = replace(proposal, action=REPLACE, reason=f"{proposal.reason}; it replaces the file there")
        if self._choice.replaces:
            return replaces
        made = generated_at(each.content, each.contract)
        before = generated_at(read_bytes(lying, proposal.target), each.contract)
        if made is None or before is None or made == before:
            said = "another file lies there, and neither says when it was made. Replace it with --replace"
            return replace(proposal, action=ASK, reason=said)
        if made < before:
            return replace(
                proposal, action=ASK, reason="a newer report lies there. Replace it with --replace"
            )
        return replaces


@dataclass(frozen=True)
class _Download:
    """A download of a known source."""

    path: Path
    name: str
    content: bytes
    contract: Contract
    target: str


def _is_of_teams(each: _Download | Proposal) -> bool:
    return isinstance(each, _Download) and each.contract.per_event == "teams"


def _said(refusal: FileRefused) -> str:
    return f"found {refusal.found}; expected {refusal.expected}"


def _without_rivals(proposals: list[Proposal]) -> list[Proposal]:
    """Two downloads for one file are a question; the same bytes twice are said."""
    targets = Counter(each.target for each in proposals if each.action in (FILE, REPLACE))
    seen: dict[str, Proposal] = {}
    told = []
    for each in proposals:
        first = seen.setdefault(each.sha256, each) if each.sha256 else each
        if first is not each:
            told.append(replace(each, action=SAME, reason=f"the same bytes as {first.name}"))
        elif each.action in (FILE, REPLACE) and targets[each.target] > 1 and not _all_same(proposals, each):
            told.append(replace(each, action=ASK, reason=f"several downloads are {each.target}: give one"))
        else:
            told.append(each)
    return told


def _all_same(proposals: Sequence[Proposal], one: Proposal) -> bool:
    return len({each.sha256 for each in proposals if each.target == one.target}) == 1


# --- filing ------------------------------------------------------------------------------------


def apply(proposals: Sequence[Proposal], exports: Path, person: str) -> list[Proposal]:
    """Files what is decided, and returns it; what lies there is kept aside first.

    Raises OSError where the disk does not take it, SourceRefused for a download that changed meanwhile; what was filed
    before stands in provenance.csv.
    """
    exports.mkdir(parents=True, exist_ok=True)
    done = []
    with FileLock(exports / _LOCK):
        for each in proposals:
            if each.action in (FILE, REPLACE):
                _file(each, exports, person)
                done.append(each)
    return done


def _file(proposal: Proposal, exports: Path, person: str) -> None:
    target = exports / proposal.target
    replaced = _keep_aside(target, exports) if target.is_file() else ""
    content = proposal.path.read_bytes()
    if hashlib.sha256(content).hexdigest() != proposal.sha256:
        refusal = FileRefused(proposal.name, "other bytes than a moment ago", "a download at rest")
        raise SourceRefused([refusal])
    with write_atomically(target) as aside:
        aside.write_bytes(content)
    row = {
        "file": proposal.target,
        "original_name": proposal.name,
        "sha256": proposal.sha256,
        "filed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "filed_by": without_addresses(person, incomplete=True),
        "because": proposal.reason,
        "replaced_sha256": replaced,
    }
    path = exports / PROVENANCE
    rows = [*(read_csv(path) if path.is_file() else []), row]
    with write_atomically(path) as aside, aside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _keep_aside(path: Path, exports: Path) -> str:
    """Copies a filed export to ``replaced/<year>/``, under its hash; returns the hash."""
    sha256 = sha256_of_file(path)
    kept = exports.parent / _REPLACED / exports.name / f"{sha256[:12]}-{path.name}"
    if not kept.is_file():
        with write_atomically(kept) as aside:
            aside.write_bytes(path.read_bytes())
        sync_folder(kept.parent)
    return sha256


# --- the inbox ---------------------------------------------------------------------------------


def empty_inbox(raw: Path, year: int) -> tuple[int, int]:
    """Files the downloads of ``inbox/<year>/``; returns how many were filed and how many stay, each with a reason.

    A download leaves the inbox once it is filed. The reason stands beside a file in ``<name>.reason.txt``.
    """
    inbox, exports = raw / INBOX / str(year), raw / str(year)
    for old in inbox.glob(f"*{_REASON}"):
        old.unlink()
    paths = [path for path in sorted(inbox.iterdir()) if path.is_file() and not path.name.startswith(".")]
    proposals = propose(paths, exports)
    filed = apply(proposals, exports, "inbox")
    for each in filed:
        each.path.unlink()
    left = [each for each in proposals if each not in filed]
    for each in left:
        said = f"{each.action}: {each.reason}" + (f" ({each.target})" if each.target else "")
        each.path.with_name(f"{each.path.name}{_REASON}").write_text(f"{said}\n", encoding="utf-8")
    return len(filed), len(left)
