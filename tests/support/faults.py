"""Injects faults into a written year, and lists the row and reason that ingest must report for each."""

import dataclasses
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from tests.support import contract, documents
from tests.support.contract import Kind, Verdict
from tests.support.documents import Document, Record, TextDocument, WorkbookDocument, platform_of
from tests.support.verdicts import (
    LEDGER,
    MEMBERS,
    PROGRAMME,
    Fault,
    Reader,
    event_of,
    find_faults,
    group_of,
    kinds_of,
    read_year,
)

__all__ = ["Fault", "find_faults", "inject_faults"]
BAD_BYTES = ("\udcff", "\udcc3", "\udce9")
CASES = "use/cases.csv"
CASE_PAIR = ("status", "published_on")
SHARE_OF_SEVERAL = 0.25
SHARE_OF_BLANK_LINES = 0.25
FIRST_GROUPS = ("zoom", "form", "teams", "eventbrite", "c4gh/initiatives.json", LEDGER,
                CASES, "registers/leaders.csv", "events/speakers.csv")  # fmt: skip


@dataclass(frozen=True)
class Option:
    """One way to spoil a row of one kind of file; ``alone`` bars a second fault in the row."""

    group: str
    reason_code: str
    field: str = ""
    alone: bool = dataclasses.field(default=False, compare=False)


class Injector:
    """Spoils rows of a year, never a row that is refused already."""

    def __init__(self, folder: Path, year: int, seed: int) -> None:
        self.rng = Random(f"{seed}/{year}/faults")
        self.year = year
        self.reader = Reader(read_year(folder, year))
        self.before = self.reader.verdicts()
        self.touched: set[int] = set()
        self.intents: dict[int, Verdict] = {}
        self.changed: dict[str, Document] = {}

    def options(self) -> list[Option]:
        """All ways to spoil a row of the files that there are."""
        found = [option for d in self.reader.documents for option in self.options_of(d)]
        return list(dict.fromkeys(found))

    def options_of(self, document: Document) -> list[Option]:
        """All ways to spoil a row of one file; none where its event is refused already."""
        group = group_of(document)
        if platform_of(document.path) and event_of(document) not in self.reader.events:
            return []
        found = [
            Option(group, reason, name.strip())
            for name in document.header
            for reason in self.cell_reasons(document, name)
        ]
        if isinstance(document, TextDocument):
            found.append(Option(group, contract.COLUMN_COUNT))
        if is_utf8(document):
            found.append(Option(group, contract.INVALID_UTF8))
        if group == LEDGER:
            found.append(Option(group, contract.DUPLICATE_ENTRY, "entry_no"))
        return found

    def cell_reasons(self, document: Document, name: str) -> list[str]:
        """The reasons for which a cell of a column can be refused."""
        kind = kinds_of(document).get(name.strip())
        if kind is None:
            return []
        reasons = [kind.reason_code] if kind.spoils else []
        is_needed = kind.required or kind is contract.CASE_DAY
        reasons += [contract.MISSING_REQUIRED] if is_needed else []
        context = self.reader.context(document)
        if name == "event_id" and context.events is not None:
            reasons.append(contract.UNKNOWN_EVENT)
        if name == "member_id" and context.members is not None:
            reasons.append(contract.UNKNOWN_MEMBER)
        return reasons

    def plan(self, count: int) -> list[Option]:
        """``count`` options: every reason first, then every kind of file, then at random."""
        options = self.options()
        chosen = self.one_a_reason(options)
        used = {option.group for option in chosen}
        groups = list(dict.fromkeys(o.group for o in options if o.group not in used))
        self.rng.shuffle(groups)
        groups.sort(key=lambda group: group not in FIRST_GROUPS)
        for group in groups:
            chosen.append(self.rng.choice([o for o in options if o.group == group]))
        while len(chosen) < count:
            chosen.append(self.rng.choice(options))
        return self.ordered(chosen[:count])

    def one_a_reason(self, options: list[Option]) -> list[Option]:
        """An option for each reason, in different kinds of files as far as can be."""
        reasons = list(contract.REASON_CODES)
        self.rng.shuffle(reasons)
        chosen: list[Option] = []
        for reason in reasons:
            used = {option.group for option in chosen}
            able = [option for option in options if option.reason_code == reason]
            fresh = [option for option in able if option.group not in used]
            first = [option for option in fresh if option.group in FIRST_GROUPS]
            picked = self.rng.choice(first or fresh or able)
            chosen.append(replace(picked, alone=True))
        return chosen

    def ordered(self, chosen: list[Option]) -> list[Option]:
        """Programme and members first: what follows from these is spoilt no further."""
        return sorted(chosen, key=lambda option: option.group not in (PROGRAMME, MEMBERS))

    def inject(self, count: int) -> None:
        """Spoil ``count`` rows, an unknown event's whole file counting as one."""
        recipes: list[Callable[[], bool]] = [
            self.lose_event, self.lose_member, self.add_file_of_unknown_event,
        ]  # fmt: skip
        done = sum(recipe() for recipe in recipes[: max(0, count - len(contract.REASON_CODES))])
        for option in self.plan(count - done):
            if not self.apply(option):
                self.apply_instead(option)

    def apply_instead(self, wanted: Option) -> None:
        """Another fault, as like the wanted one as can be, where that one found no row."""
        options = self.options()
        self.rng.shuffle(options)
        options.sort(key=lambda option: option.group != wanted.group)
        if wanted.alone:
            options.sort(key=lambda option: option.reason_code != wanted.reason_code)
        if not any(self.apply(option) for option in options):
            raise ValueError("the year has no rows left to spoil")

    def apply(self, option: Option) -> bool:
        """Spoil one row as the option says; False where no row is left for it."""
        picked = self.pick(option)
        if picked is None:
            return False
        document, record = picked
        if option.reason_code == contract.DUPLICATE_ENTRY:
            self.repeat(document, record)
            return True
        verdict = Verdict(option.field, option.reason_code)
        good_cells = list(record.cells)
        if option.field:
            self.spoil(document, record, option.field, option.reason_code)
        if not option.alone and self.rng.random() < SHARE_OF_SEVERAL:
            verdict = self.spoil_further(document, record, verdict)
        if option.reason_code == contract.COLUMN_COUNT:
            self.miscount(document, record)
        elif option.reason_code == contract.INVALID_UTF8:
            self.garble(document, record)
        self.note(document, record, verdict)
        if option.group == LEDGER and option.field != "entry_no" and self.rng.random() < 0.3:
            self.post_again(document, record, good_cells)
        return True

    def note(self, document: Document, record: Record, verdict: Verdict) -> None:
        """Keep what was meant, and now and then shift the row by a blank line."""
        self.touched.add(id(record))
        self.intents[id(record)] = verdict
        self.changed[document.source_file] = document
        self.reader.refresh()
        is_plain = isinstance(document, TextDocument) and group_of(document) != "teams"
        if (is_plain or isinstance(document, WorkbookDocument)) and self.rng.random() < SHARE_OF_BLANK_LINES:
            end = "\r\n" if record.raw.endswith("\r\n") else "\n"
            document.insert_before(record, Record(end, []))

    def pick(self, option: Option) -> tuple[Document, Record] | None:
        """A row that is good so far, and on which little else hangs."""
        candidates = [d for d in self.reader.documents if option in self.options_of(d)]
        self.rng.shuffle(candidates)
        for document in candidates:
            rows = self.usable(document, option)
            if rows:
                return document, self.rng.choice(rows)
        return None

    def usable(self, document: Document, option: Option) -> list[Record]:
        """The rows of a document that an option can spoil."""
        good = [row for row in document.rows() if id(row) not in self.touched]
        good = [row for row in good if id(row) not in self.before]
        good = [row for row in good if self.reader.verdict(document, row) is None]
        key = {LEDGER: "entry_no", PROGRAMME: "event_id", MEMBERS: "member_id"}.get(option.group)
        if key is not None:
            good = self.without_namesakes(document, good, key)
        if option.group in (PROGRAMME, MEMBERS):
            free = [row for row in good if not self.followers(document, row)]
            good = free or [r for r in good if self.all_good(self.followers(document, r))]
        if option.group == CASES:
            good = [row for row in good if "draft" not in [cell.strip() for cell in row.cells]]
        if option.reason_code == contract.INVALID_UTF8:
            good = [row for row in good if "\n" in row.raw.rstrip("\r\n")] or good
        return good

    def without_namesakes(self, document: Document, rows: list[Record], key: str) -> list[Record]:
        """The rows whose key no other row of the file has."""
        at = document.header.index(key)
        times = Counter(row.cells[at].strip() for row in document.rows() if len(row.cells) > at)
        return [row for row in rows if times[row.cells[at].strip()] == 1]

    def followers(self, document: Document, record: Record) -> list[Record]:
        """The rows that are refused once a programme or member row is."""
        is_event = group_of(document) == PROGRAMME
        name = "event_id" if is_event else "member_id"
        key = record.cells[document.header.index(name)].strip()
        found: list[Record] = []
        for other in self.reader.documents:
            context = self.reader.context(other)
            if is_event and platform_of(other.path) and event_of(other) == key:
                found += other.rows()
            elif (context.events if is_event else context.members) is not None:
                at = other.header.index(name)
                found += [r for r in other.rows() if len(r.cells) > at and r.cells[at] == key]
        return found

    def lose(self, source_file: str, reasons: tuple[str, ...]) -> bool:
        """Spoil a row of the programme or of the members on which others hang."""
        document = self.reader.document(source_file)
        key = "event_id" if source_file == PROGRAMME else "member_id"
        good = [row for row in document.rows() if id(row) not in self.before]
        good = self.without_namesakes(document, good, key)
        good = [row for row in good if self.all_good(self.followers(document, row))]
        options = [o for o in self.options() if o.group == source_file]
        options = [o for o in options if o.reason_code in reasons and o.field]
        if not good:
            return False
        record, option = self.rng.choice(good), self.rng.choice(options)
        self.spoil(document, record, option.field, option.reason_code)
        self.note(document, record, Verdict(option.field, option.reason_code))
        return True

    def all_good(self, rows: list[Record]) -> bool:
        """Whether there are such rows, and all of them good so far."""
        spoilt = self.touched | set(self.before)
        return bool(rows) and not any(id(row) in spoilt for row in rows)

    def lose_event(self) -> bool:
        return self.lose(PROGRAMME, (contract.BAD_DATE, contract.UNKNOWN_ENUM))

    def lose_member(self) -> bool:
        return self.lose(MEMBERS, (contract.BAD_DATE, contract.MISSING_REQUIRED))

    def add_file_of_unknown_event(self) -> bool:
        """Add a copy of the smallest export, under an event that no programme has."""
        exports = [d for d in self.reader.documents if platform_of(d.path)]
        exports = [d for d in exports if event_of(d) in self.reader.events and d.source_file]
        small = min(exports, key=lambda d: d.path.stat().st_size, default=None)
        if small is None:
            return False
        event = self.unknown_event()
        name = f"{event}__{platform_of(small.path)}.csv"
        path = small.path.with_name(name)
        path.write_bytes(small.path.read_bytes())
        copy = documents.read_text(path, small.source_file.replace(small.path.name, name))
        self.reader.documents.append(copy)
        verdict = Verdict("event_id", contract.UNKNOWN_EVENT)
        self.intents.update({id(row): verdict for row in copy.rows()})
        return True

    def unknown_event(self) -> str:
        """An event_id that no row and no file has."""
        programme = self.reader.document(PROGRAMME)
        at = programme.header.index("event_id")
        taken = {row.cells[at].strip() for row in programme.rows() if len(row.cells) > at}
        taken |= {event_of(d) for d in self.reader.documents}
        numbers = self.rng.sample(range(800, 1000), 150)
        names = (f"E{self.year}-{number}" for number in numbers)
        return next(name for name in names if name not in taken)

    def spoil(self, document: Document, record: Record, name: str, reason: str) -> None:
        """Put a text into a cell that is refused for the reason."""
        at = [heading.strip() for heading in document.header].index(name)
        cells = list(record.cells)
        cells[at] = self.spoilt(kinds_of(document)[name], reason)
        document.edit(record, cells)

    def spoilt(self, kind: Kind, reason: str) -> str:
        if reason == contract.MISSING_REQUIRED:
            return self.rng.choice(("", "", "  "))
        if reason == contract.UNKNOWN_EVENT:
            return self.unknown_event()
        if reason == contract.UNKNOWN_MEMBER:
            return f"M{self.rng.randint(800, 999)}x"
        return self.rng.choice(kind.spoils).format(year=self.year, short=self.year % 100)

    def spoil_further(self, document: Document, record: Record, verdict: Verdict) -> Verdict:
        """A second fault in the row; of two cells the first in the header's order is reported."""
        names = [heading.strip() for heading in document.header]
        # Whether a case needs its day depends on its status, so never both.
        spoilt = CASE_PAIR if verdict.field in CASE_PAIR else (verdict.field,)
        others = [name for name in names if name not in spoilt]
        able = [n for n in others if self.cell_reasons(document, n)]
        if not able:
            return verdict
        name = self.rng.choice(able)
        reason = self.rng.choice(self.cell_reasons(document, name))
        self.spoil(document, record, name, reason)
        if not verdict.field or names.index(verdict.field) < names.index(name):
            return verdict
        return Verdict(name, reason)

    def miscount(self, document: Document, record: Record) -> None:
        """Too few cells, or one too many that holds a text."""
        cells, header = list(record.cells), document.header
        named = max(at for at, name in enumerate(header) if name.strip()) + 1
        fewer = cells[: self.rng.randint(max(1, named // 2), named - 1)]
        if (self.rng.random() < 0.5 and len(fewer) > 1) or (len(fewer) == 1 and fewer[0].strip()):
            document.edit(record, fewer)
            return
        document.edit(record, [*cells, "and more"])

    def garble(self, document: Document, record: Record) -> None:
        """Put a byte that is no UTF-8 in the place of a letter."""
        letters = [at for at, letter in enumerate(record.raw) if letter.isalnum()]
        if not letters:
            record.raw = self.rng.choice(BAD_BYTES) + record.raw
            return
        last = record.raw.rfind("\n", 0, len(record.raw.rstrip("\r\n")))
        at = self.rng.choice([at for at in letters if at > last] or letters)
        record.raw = record.raw[:at] + self.rng.choice(BAD_BYTES) + record.raw[at + 1 :]

    def post_again(self, document: Document, record: Record, cells: list[str]) -> None:
        """The entry of a refused row comes again, sound: that is no repetition, and it loads."""
        again = Record(record.raw, list(record.cells), True)
        document.edit(again, cells)
        document.insert_after(record, again)
        self.touched.add(id(again))

    def repeat(self, document: Document, record: Record) -> None:
        """Post an entry a second time, at once or later, now and then with another text."""
        cells = list(record.cells)
        if self.rng.random() < 0.5:
            cells[document.header.index("counterparty")] = "Chamber of Commerce"
        again = Record(record.raw, list(record.cells), True)
        document.edit(again, cells)
        at = document.records.index(record)
        after = self.rng.choice(document.records[at:])
        document.insert_after(after, again)
        self.touched.add(id(record))
        self.note(document, again, Verdict("entry_no", contract.DUPLICATE_ENTRY))

    def created(self) -> list[Fault]:
        """The faults that are new, checked against what was meant."""
        after = self.reader.verdicts()
        new = {key: found for key, found in after.items() if self.before.get(key) != found}
        if any(key not in after for key in self.before):
            raise AssertionError("a fault that was there before has vanished")
        unexpected = [key for key, meant in self.intents.items() if new.get(key) != meant]
        if unexpected:
            raise AssertionError(f"{len(unexpected)} rows are not at fault as was meant")
        return self.reader.faults(new)

    def save(self) -> None:
        """Write the documents that were changed."""
        for document in self.changed.values():
            document.save()


def is_utf8(document: Document) -> bool:
    return isinstance(document, TextDocument) and document.encoding == "utf-8"


def inject_faults(folder: Path, year: int, seed: int, count: int = 40) -> list[Fault]:
    """Spoil ``count`` rows of a written year in place; gives every fault that came of it.

    The list also holds what follows: rows of an event whose programme row is refused, names and
    leaders of a member whose row is, and all rows of the added file of an unknown event. So it is
    longer than ``count``. Lines are those of the files as they are afterwards.
    """
    injector = Injector(folder, year, seed)
    injector.inject(count)
    faults = injector.created()
    injector.save()
    return faults
