"""Computes which rows of a written year must be refused, from ``contract`` alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support import contract, documents
from tests.support.contract import Context, Kind, Verdict
from tests.support.documents import Document, Record, TextDocument, platform_of

BESIDE_THE_EXPORTS = ("corrections.csv", "restatements.csv")
PROGRAMME = "events/programme.csv"
MEMBERS = "registers/members.csv"
LEDGER = "fees/ledger"


@dataclass(frozen=True, order=True)
class Fault:
    """A row that must be quarantined; ``field`` is empty where the whole row is at fault."""

    source_file: str
    source_line: int
    field: str
    reason_code: str


def group_of(document: Document) -> str:
    """What kind of file a document is: a platform, the ledger, or its own path."""
    if document.source_file.startswith(LEDGER):
        return LEDGER
    return platform_of(document.path) or document.source_file


def event_of(document: Document) -> str:
    return document.path.stem.partition("__")[0]


def kinds_of(document: Document) -> dict[str, Kind]:
    """What the columns of a document accept."""
    group = group_of(document)
    if group == "form":
        teams = document.path.with_name(f"{event_of(document)}__teams.csv")
        return contract.FORM if teams.exists() else contract.FORM_ALONE
    platforms = {
        "zoom": contract.ZOOM, "eventbrite": contract.EVENTBRITE, "teams": contract.TEAMS,
    }  # fmt: skip
    return platforms[group] if group in platforms else contract.TABLES[group]


def read_document(path: Path, source_file: str, year: int) -> Document:
    if path.suffix == ".json":
        header = tuple(contract.TABLES[source_file])
        return documents.read_json(path, source_file, header)
    if path.suffix == ".xlsx":
        return documents.read_workbook(path, source_file, year)
    return documents.read_text(path, source_file)


def read_year(folder: Path, year: int) -> list[Document]:
    """All exports of a year's folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("published/") and name not in BESIDE_THE_EXPORTS:
            found.append(read_document(path, name, year))
    return found


class Reader:
    """Tells which rows of a year's documents have to be refused."""

    def __init__(self, found: list[Document]) -> None:
        self.documents = found
        self.events: frozenset[str] = frozenset()
        self.members: frozenset[str] = frozenset()
        self.refresh()

    def refresh(self) -> None:
        """Read anew which events and members there are."""
        self.events = self.loaded(PROGRAMME, "event_id")
        self.members = self.loaded(MEMBERS, "member_id")

    def loaded(self, source_file: str, name: str) -> frozenset[str]:
        """The keys of the rows of a file that load."""
        document = self.document(source_file)
        good = (row for row in document.rows() if self.own_fault(document, row, Context()) is None)
        return frozenset(row.cells[document.header.index(name)].strip() for row in good)

    def document(self, source_file: str) -> Document:
        return next(d for d in self.documents if d.source_file == source_file)

    def context(self, document: Document) -> Context:
        """What other files say about a document's rows."""
        group = group_of(document)
        refers_to_events = group in ("events/speakers.csv", "registers/meetings.csv")
        refers_to_members = group in ("registers/leaders.csv", "registers/member_names.csv")
        return Context(
            events=self.events if refers_to_events else None,
            members=self.members if refers_to_members else None,
        )

    def own_fault(self, document: Document, row: Record, context: Context) -> Verdict | None:
        """The fault of a row: undecodable, miscounted, or the first bad cell."""
        group = group_of(document)
        if row.is_undecodable:
            return Verdict("", contract.INVALID_UTF8)
        is_sheet = not isinstance(document, TextDocument)
        if not is_sheet and contract.counts_differ(document.header, row.cells, group == "zoom"):
            return Verdict("", contract.COLUMN_COUNT)
        return contract.row_fault(kinds_of(document), document.header, row.cells, context)

    def verdict(self, document: Document, row: Record) -> Verdict | None:
        """The fault of a row, its event considered; repeated entries are not."""
        if platform_of(document.path) and event_of(document) not in self.events:
            return Verdict("event_id", contract.UNKNOWN_EVENT)
        return self.own_fault(document, row, self.context(document))

    def ledger_verdicts(self, document: Document) -> Iterator[tuple[Record, Verdict | None]]:
        """The ledger's faults; an entry counts as repeated only after a row that loads."""
        context = Context()
        number = document.header.index("entry_no")
        for row in document.rows():
            verdict = self.own_fault(document, row, context)
            if verdict is None:
                context.entries.add(row.cells[number].strip())
            yield row, verdict

    def verdicts(self) -> dict[int, Verdict]:
        """All rows to be refused, by the identity of their record."""
        self.refresh()
        refused = {}
        for document in self.documents:
            pairs = (
                self.ledger_verdicts(document)
                if group_of(document) == LEDGER
                else ((row, self.verdict(document, row)) for row in document.rows())
            )
            refused.update({id(row): verdict for row, verdict in pairs if verdict is not None})
        return refused

    def faults(self, refused: dict[int, Verdict]) -> list[Fault]:
        """The refused rows with their files and lines."""
        found = []
        for document in self.documents:
            for number, record in document.lines():
                verdict = refused.get(id(record))
                if verdict is not None:
                    name, reason = verdict.field, verdict.reason_code
                    found.append(Fault(document.source_file, number, name, reason))
        return sorted(found)


def find_faults(folder: Path, year: int) -> list[Fault]:
    """Every row of a written year that has to be quarantined."""
    reader = Reader(read_year(folder, year))
    return reader.faults(reader.verdicts())
