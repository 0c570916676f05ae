"""Writes fees/ of a synthetic year, as CSV or workbook.

Entries are kept as the texts of the CSV form (``1.234,56``, dd/mm/yyyy); the workbook has true dates and
numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

from tests.support import dates
from tests.support.people import ORGANISATIONS
from tests.support.places import PlacePicker
from tests.support.registers import PROJECTS
from tests.support.tables import Dialect, write_table

HEADER = (
    "entry_no", "posting_date", "type", "category", "counterparty", "project", "fee_year",
    "amount", "currency", "eur_rate", "reverses",
)  # fmt: skip
FEES = ("500.00", "1234.56", "4575.50", "12450.25", "9000.00", "1961.25")
# With these rates odd amounts end on half a cent.
CURRENCIES = (("USD", "0.845"), ("CHF", "0.9255"), ("GBP", "1.165"), ("JPY", "0.0075"))
COVERED = tuple(code for code, _ in PROJECTS if code not in ("P001", "P009"))
OTHER_CATEGORIES = ("alliance_member", "alliance_other", "other")


@dataclass(frozen=True)
class Entry:
    """One entry; ``reverses`` names another one's number."""

    number: int
    posted: date
    type: str
    category: str
    counterparty: str
    amount: Decimal
    project: str = ""
    fee_year: str = ""
    currency: str = "EUR"
    rate: str = "1"
    reverses: str = ""

    def cells(self) -> list[str]:
        return [
            str(self.number), dates.day_month_year(self.posted), self.type, self.category,
            self.counterparty, self.project, self.fee_year, amount_text(self.amount),
            self.currency, self.rate.replace(".", ","), self.reverses,
        ]  # fmt: skip


def amount_text(amount: Decimal) -> str:
    """``1.234,56``."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def half_cent_amount(rng: Random) -> Decimal:
    """An amount that a foreign rate turns into half cents."""
    return Decimal(2 * rng.randrange(1, 20000) + 1)


class Bookkeeper:
    """Posts the entries of a year, one after the other."""

    def __init__(self, rng: Random, year: int, places: PlacePicker, dirt: bool) -> None:
        self.rng = rng
        self.year = year
        self.places = places
        self.dirt = dirt
        self.entries: list[Entry] = []

    def post(self, entry: Entry) -> Entry:
        """Keep an entry, under the next number; the number as a text is what a reversal names."""
        number = self.year % 100 * 100000 + len(self.entries) + 1
        self.entries.append(replace(entry, number=number))
        return self.entries[-1]

    def undo(self, entry: Entry, day: date | None = None) -> Entry:
        """Post the reversal of an entry."""
        posted = day or min(entry.posted + timedelta(days=9), date(self.year, 12, 30))
        reversal = replace(entry, posted=posted, type="reversal", reverses=str(entry.number))
        return self.post(reversal)

    def fee(self, kind: str, who: str, amount: str, day: date, fee_year: int = 0) -> Entry:
        """A membership entry."""
        entry = Entry(0, day, kind, "membership_fee", who, Decimal(amount))
        return self.post(replace(entry, fee_year=str(fee_year or self.year)))

    def typed(self, names: Sequence[str]) -> str:
        """A member's name as in the ledger, which knows only the letters of Western Europe."""
        usable = [name for name in names if is_western(name)]
        name = self.rng.choice(usable) if self.dirt else usable[0]
        forms = (name, name, name.upper(), name.lower(), f"{name} ", name.replace(" ", "  "))
        return self.rng.choice(forms) if self.dirt else name

    def invoice_day(self) -> date:
        start = date(self.year - 1, 12, 1) if self.dirt else date(self.year, 1, 1)
        return dates.day_between(self.rng, start, date(self.year, 3, 31))

    def membership_fees(self) -> None:
        """An invoice a member, and one of the courses that a fee takes."""
        courses = (
            self.paid, self.paid, self.unpaid, self.paid_in_parts, self.credited,
            self.fully_credited, self.invoice_undone, self.payment_undone, self.undone_twice,
            self.paid_late, self.undone_next_year, self.paid_in_dollars, self.other_years,
        )  # fmt: skip
        for number, member in enumerate(self.places.members):
            if number % 17 == 13:
                continue
            invoice = self.fee("invoice", self.typed(member.names), self.rng.choice(FEES), self.invoice_day())
            course = courses[number % len(courses)] if self.dirt else self.paid
            course(invoice, self.typed(member.names))

    def day_after(self, entry: Entry) -> date:
        return dates.day_between(self.rng, max(entry.posted, date(self.year, 1, 1)),
                                 date(self.year, 12, 31))  # fmt: skip

    def pay(self, invoice: Entry, who: str, part: str = "1", day: date | None = None) -> Entry:
        amount = (invoice.amount * Decimal(part)).quantize(Decimal("0.01"))
        return self.fee("payment", who, str(amount), day or self.day_after(invoice))

    def paid(self, invoice: Entry, who: str) -> None:
        self.pay(invoice, who)

    def unpaid(self, invoice: Entry, who: str) -> None:
        """Nothing comes."""

    def paid_in_parts(self, invoice: Entry, who: str) -> None:
        """The second part comes after the year's end."""
        self.pay(invoice, who, "0.5", date(self.year, 12, 31))
        self.pay(invoice, who, "0.5", date(self.year + 1, 1, 2))

    def credited(self, invoice: Entry, who: str) -> None:
        self.fee("credit_note", who, "300.00", self.day_after(invoice))
        self.fee("payment", who, str(invoice.amount - 300), date(self.year, 12, 31))

    def fully_credited(self, invoice: Entry, who: str) -> None:
        """Credited after the year's end even, and nothing due."""
        self.fee("credit_note", who, str(invoice.amount), date(self.year + 1, 1, 8))

    def invoice_undone(self, invoice: Entry, who: str) -> None:
        self.undo(invoice)

    def payment_undone(self, invoice: Entry, who: str) -> None:
        self.undo(self.pay(invoice, who, day=date(self.year, 6, 1)))

    def undone_twice(self, invoice: Entry, who: str) -> None:
        """The reversal of a payment was a mistake, and is reversed."""
        self.undo(self.undo(self.pay(invoice, who, day=date(self.year, 5, 2))))

    def paid_late(self, invoice: Entry, who: str) -> None:
        self.pay(invoice, who, day=date(self.year + 1, 1, 1))

    def undone_next_year(self, invoice: Entry, who: str) -> None:
        self.undo(self.pay(invoice, who), date(self.year + 1, 1, 15))

    def paid_in_dollars(self, invoice: Entry, who: str) -> None:
        entry = replace(invoice, amount=half_cent_amount(self.rng), posted=self.day_after(invoice))
        self.post(replace(entry, type="payment", currency="USD", rate="0.845"))

    def other_years(self, invoice: Entry, who: str) -> None:
        """Fees of the years before and after, paid in this one."""
        for offset in (-1, 1):
            fee_year = self.year + offset
            self.fee("invoice", who, "750.00", self.invoice_day(), fee_year)
            self.fee("payment", who, "750.00", self.day_after(invoice), fee_year)

    def income(self, count: int) -> None:
        """Income and payments of the other categories."""
        rng = self.rng
        for number, day in enumerate(dates.spread(rng, self.year, count, self.dirt)):
            category = OTHER_CATEGORIES[number % len(OTHER_CATEGORIES)]
            who = ORGANISATIONS[number % len(ORGANISATIONS)].replace("\n", " ")
            amount = Decimal(rng.randrange(10000, 900000)) / 100
            entry = Entry(0, day, "income", category, who, amount)
            if number % 4 == 1:
                self.post(replace(entry, type="invoice", fee_year=str(self.year)))
                entry = replace(entry, type="payment", fee_year=str(self.year))
            self.post(entry)
        self.fee("income", self.typed(self.places.members[0].names), "1100.00",
                 date(self.year, 2, 3))  # fmt: skip

    def expense(self, count: int) -> None:
        """Expense on all projects; some of it on none, or on one without a figure."""
        rng = self.rng
        for number, day in enumerate(dates.spread(rng, self.year, count, self.dirt)):
            who = ORGANISATIONS[number % len(ORGANISATIONS)].replace("\n", " ")
            project = COVERED[number % len(COVERED)]
            amount = Decimal(rng.randrange(50000, 2000000)) / 100
            entry = Entry(0, day, "expense", "project_cost", who, amount, project)
            if self.dirt and number % 6 == 4:
                currency, rate = rng.choice(CURRENCIES)
                odd = half_cent_amount(rng)
                entry = replace(entry, currency=currency, rate=rate, amount=odd)
            posted = self.post(entry)
            if self.dirt and number % 11 == 3:
                self.undo(posted)
        if self.dirt:
            for project in ("", "P001"):
                self.post(replace(entry, posted=date(self.year, 12, 31), project=project))

    def oddities(self) -> None:
        """Fees of strangers, and reversals of entries that are nowhere or undone already."""
        last = date(self.year, 11, 30)
        self.fee("payment", "Barcelona", "500.00", last)
        self.fee("invoice", "Santiago de Compostela", "500.00", last)
        self.fee("payment", "Xi’an", "500.00", last)
        stray = self.fee("payment", "Culture and Territory, S.L.", "10.01", last)
        self.post(replace(stray, type="reversal", reverses=str(stray.number + 80000)))
        twice = self.fee("payment", self.typed(self.places.members[1].names), "77.77", last)
        back = self.undo(self.undo(self.undo(twice)))
        self.undo(back, date(self.year + 1, 1, 20))


def is_western(text: str) -> bool:
    """Whether Windows-1252 has all the letters."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def book(rng: Random, year: int, places: PlacePicker, size: int, dirt: bool) -> list[Entry]:
    """The entries of a year; ``size`` is that of the income and expense beside the fees."""
    keeper = Bookkeeper(rng, year, places, dirt)
    keeper.membership_fees()
    keeper.income(max(9, size // 3))
    keeper.expense(max(2 * len(COVERED), size))
    if dirt:
        keeper.oddities()
    return keeper.entries


def write_csv(path: Path, rows: list[list[str]], rng: Random | None) -> None:
    """ledger.csv; with a ``rng`` also blank lines."""
    write_table(path, HEADER, rows, Dialect(";", "\r\n", "cp1252"), rng)


def as_number(text: str) -> Decimal | None:
    """The number that a CSV cell states, if it states one."""
    plain = text.replace(".", "").replace(",", ".")
    digits = plain.lstrip("-").replace(".", "", 1)
    well_formed = digits.isdigit() and "." not in text.partition(",")[2]
    return Decimal(plain) if well_formed and is_grouped(text) else None


def is_grouped(text: str) -> bool:
    """Whether points, if any, part the whole in threes."""
    head, *groups = text.lstrip("-").partition(",")[0].split(".")
    return not groups or (len(head) <= 3 and all(len(group) == 3 for group in groups))


def as_day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y")
    except ValueError:
        return None


def workbook_bytes(rows: list[list[str] | None], year: int) -> bytes:
    """ledger.xlsx: the entries of the CSV form as true dates and numbers; None is a blank row."""
    buffer = BytesIO()
    book_ = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book_.set_properties({"created": datetime(year + 1, 2, 1)})
    sheet = book_.add_worksheet("Ledger")
    form = book_.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, HEADER)
    numbers = {HEADER.index(name) for name in
               ("entry_no", "fee_year", "amount", "eur_rate", "reverses")}  # fmt: skip
    posting = HEADER.index("posting_date")
    for at, row in enumerate(rows, start=1):
        for column, text in enumerate(row or ()):
            day = as_day(text) if column == posting else None
            number = as_number(text) if column in numbers else None
            if day is not None:
                sheet.write_datetime(at, column, day, form)
            elif number is not None:
                sheet.write_number(at, column, float(number))
            elif text:
                sheet.write_string(at, column, text)
    book_.add_worksheet("Notes").write(0, 0, "Rates of the central bank")
    book_.close()
    return buffer.getvalue()


def write_ledger(folder: Path, year: int, entries: list[Entry], form: str, rng: Random, dirt: bool) -> None:
    """ledger.csv or ledger.xlsx, in order of posting."""
    rows = [entry.cells() for entry in sorted(entries, key=lambda entry: entry.posted)]
    path = folder / "fees" / f"ledger.{form}"
    if form == "csv":
        write_csv(path, rows, rng if dirt else None)
        return
    spaced: list[list[str] | None] = [*rows]
    if dirt:
        spaced.insert(rng.randint(1, len(rows)), None)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook_bytes(spaced, year))
