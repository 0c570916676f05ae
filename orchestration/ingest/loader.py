"""Loads one file of a source: splits columns, parses distinct cells, validates rows, builds Arrow tables.

Every record becomes a row of the landing or of the quarantine, for its first fault in the order of the
header.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from orchestration.ingest.addresses import address_of, without_addresses
from orchestration.ingest.contracts import Column, Contract
from orchestration.ingest.dates import UNREADABLE, Micros, Moments, decide_orders, read_moments
from orchestration.ingest.diagnosis import kind_of_bytes, name_encoding
from orchestration.ingest.documents import split_json, split_workbook
from orchestration.ingest.errors import FileRefused, Finding, QuarantinedRow, Reason, RowError
from orchestration.ingest.landing_values import landed, place_elements
from orchestration.ingest.layout import LISTED_PLACES, Conditions, Layout, Reader, Surroundings, is_one_of
from orchestration.ingest.lines import Mask
from orchestration.ingest.names import (
    finding_of,
    masked,
    may_be_names,
    name_columns,
    place_columns,
    slipped_names,
)
from orchestration.ingest.parsers import quoted, unreadable
from orchestration.ingest.schema import landing_columns, list_tables, main_table
from orchestration.ingest.splitting import Block, LayoutOf, Split, split_delimited
from orchestration.ingest.text import as_utf_8

Codes = NDArray[np.int32]

# So many amounts, and more than a tenth of them, are no slips.
_FEWEST_ODD_AMOUNTS = 5
# This many undecodable rows, and not one that decodes beyond ASCII, is another encoding, not faults.
_WRONG_ENCODING_ROWS = 5


@dataclass
class LoadedFile:
    """The result of loading a file: landing tables by name, quarantined rows, findings, readability."""

    tables: dict[str, pa.Table]
    rows_read: int
    rows_loaded: int
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    is_read: bool = True


def load_file(content: bytes, source_file: str, contract: Contract, surroundings: Surroundings) -> LoadedFile:
    """Loads a file: every record is loaded or quarantined.

    Raises FileRefused for a file that is not what its contract says as a whole.
    """
    layouts: dict[tuple[str, ...], Layout] = {}
    names = name_columns(contract) if contract.personal else ()

    def layout_of(header: tuple[str, ...]) -> Layout:
        layouts[header] = Layout(contract, header, source_file, surroundings, also=names)
        return layouts[header]

    split = split_file(content, source_file, contract, layout_of)
    file = _File(contract, source_file, surroundings)
    tables, quarantined = file.load([(block, layouts[block.header]) for block in split.blocks])
    rows_read = sum(len(block.lines) for block in split.blocks)
    findings = [*_findings(split, source_file, contract), *_unknown_columns(layouts.values(), source_file)]
    findings += [*_encoding_findings(split, content, source_file, contract), *file.findings]
    listed = surroundings.references.get(LISTED_PLACES, ())
    if contract.personal and (cells := _mask_names(tables, split, layouts, contract, listed)):
        findings.append(finding_of(source_file, cells))
    return LoadedFile(tables, rows_read, tables[contract.source].num_rows, quarantined, findings)


def reject_file(
    content: bytes, source_file: str, contract: Contract, surroundings: Surroundings, fault: RowError
) -> LoadedFile:
    """Quarantines all records of a file for one reason.

    Raises FileRefused for a file whose records cannot be told.
    """

    def layout_of(header: tuple[str, ...]) -> Layout:
        return Layout(contract, header, source_file, surroundings, is_lenient=True)

    split = split_file(content, source_file, contract, layout_of)
    lines = [line for block in split.blocks for line in block.lines.tolist()]
    quarantined = [_quarantined(source_file, line, fault) for line in lines]
    return LoadedFile(empty_tables(contract), len(lines), 0, quarantined)


def texts_of(
    content: bytes, source_file: str, contract: Contract, surroundings: Surroundings, columns: Collection[str]
) -> dict[str, list[str]]:
    """The raw texts of columns, of every record of a file, valid or not."""
    layouts: dict[tuple[str, ...], Layout] = {}

    def layout_of(header: tuple[str, ...]) -> Layout:
        layouts[header] = Layout(contract, header, source_file, surroundings, is_lenient=True, also=columns)
        return layouts[header]

    return _texts(split_file(content, source_file, contract, layout_of), layouts, columns)


def _texts(
    split: Split, layouts: Mapping[tuple[str, ...], Layout], columns: Collection[str]
) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {name: [] for name in columns}
    for block in split.blocks:
        at = layouts[block.header].texts
        for name in columns:
            cells = block.columns[at[name]] if name in at else [""] * len(block.lines)
            texts[name] += map(str, cells if isinstance(cells, list) else cells.to_pylist())
    return texts


def _mask_names(
    tables: dict[str, pa.Table],
    split: Split,
    layouts: Mapping[tuple[str, ...], Layout],
    contract: Contract,
    listed: Collection[str],
) -> int:
    """Masks registrants' names in the places and countries of a file's landing table; the number of masked cells."""
    table = tables[contract.source]
    places = {text for name in place_columns(contract) for text in table[f"{name}_text"].unique().to_pylist()}
    if not may_be_names(places, listed):
        return 0
    slipped = slipped_names(places, _texts(split, layouts, name_columns(contract)), listed)
    if not slipped:
        return 0
    tables[contract.source], cells = masked(table, contract, slipped)
    return cells


def split_file(content: bytes, source_file: str, contract: Contract, layout_of: LayoutOf) -> Split:
    """Splits a file into blocks of columns."""
    if source_file.endswith(".xlsx") and content:
        return split_workbook(content, source_file, contract, layout_of)
    if kind := kind_of_bytes(content):
        raise FileRefused(source_file, kind, "text, as the platform exports it")
    data = as_utf_8(content, source_file, contract)
    if not data.strip():
        raise FileRefused(source_file, "an empty file", f"the columns of {contract.source}")
    split = split_json if contract.format.kind == "json_array" else split_delimited
    return split(data, source_file, contract, layout_of)


def empty_tables(contract: Contract) -> dict[str, pa.Table]:
    """The empty landing tables of a source."""
    return {
        table.name: table.schema.empty_table() for table in (main_table(contract), *list_tables(contract))
    }


# --- columns -------------------------------------------------------------------------------------


@dataclass
class _Answers:
    """A parsed column of a block: distinct cells, their values or faults, and the code of each row."""

    cells: Sequence[Any]
    codes: Codes
    values: Sequence[Any] = ()
    faults: dict[int, RowError] = field(default_factory=dict)
    moments: Moments | None = None

    def of_rows(self, is_so: Callable[[int, Any], bool]) -> Mask:
        """Mask of rows, from a predicate on code and value of the distinct cells."""
        distinct = np.fromiter(
            (is_so(code, value) for code, value in enumerate(self.values)), bool, len(self.values)
        )
        return distinct[self.codes]


def _read_column(reader: Reader, column: pa.Array | list[Any]) -> _Answers:
    if reader.form is not None and not isinstance(column, list):
        coded = column.dictionary_encode()
        return _Answers(
            coded.dictionary, coded.indices.to_numpy(), moments=read_moments(coded.dictionary, reader.form)
        )
    answers = _coded(column)
    if reader.column.type == "email":
        answers.values = [address_of(cell) for cell in answers.cells]
        return answers
    answers.values = [None] * len(answers.cells)
    for code, cell in enumerate(answers.cells):
        try:
            answers.values[code] = reader.value(cell)
        except RowError as fault:
            answers.faults[code] = fault
    return answers


def _coded(column: pa.Array | list[Any]) -> _Answers:
    if isinstance(column, list):
        # In a workbook 1, 1.0 and true are cells of different types.
        keys = {key: at for at, key in enumerate(dict.fromkeys((type(cell), cell) for cell in column))}
        codes = np.fromiter((keys[type(cell), cell] for cell in column), np.int32, len(column))
        return _Answers([cell for _, cell in keys], codes)
    coded = column.dictionary_encode()
    return _Answers(coded.dictionary.to_pylist(), coded.indices.to_numpy())


def _settle_moments(reader: Reader, answers: _Answers, micros: Micros) -> None:
    """Sets timestamps by the file's order of day and month."""
    texts = pc.utf8_trim_whitespace(answers.cells)
    missing = pc.is_in(texts, pa.array(["", *sorted(reader.column.missing)], pa.string()))
    is_blank = missing.to_numpy(zero_copy_only=False)
    is_unread = (micros == UNREADABLE) & ~is_blank
    assert reader.form is not None
    said = f"is not {reader.form.expected}"
    for code in np.flatnonzero(is_unread).tolist():
        cell = answers.cells[code].as_py()
        answers.faults[code] = unreadable(reader.column, reader.contract, reader.header, cell, said)
    is_moment = ~(is_blank | is_unread)
    answers.values = [
        each if is_so else None for each, is_so in zip(micros.tolist(), is_moment.tolist(), strict=True)
    ]
    # What was typed is asked for no more.
    answers.cells = [""] * len(answers.values)


# --- rows ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Check:
    """A validation: mask of invalid rows, and the fault of each."""

    rows: Mask
    fault: Callable[[int], RowError]


class _File:
    """Validates the blocks of one file and builds its tables."""

    def __init__(self, contract: Contract, source_file: str, surroundings: Surroundings) -> None:
        self._contract = contract
        self._source_file = source_file
        self._surroundings = surroundings
        self._tables = [main_table(contract), *list_tables(contract)]
        self._parts: dict[str, list[pa.Table]] = {table.name: [] for table in self._tables}
        self._quarantined: list[QuarantinedRow] = []
        self.findings: list[Finding] = []

    def load(
        self, blocks: Sequence[tuple[Block, Layout]]
    ) -> tuple[dict[str, pa.Table], list[QuarantinedRow]]:
        """The landing tables of the blocks, and the rows in quarantine."""
        read = [
            {
                reader.column.name: _read_column(reader, block.columns.pop(reader.position))
                for reader in layout.readers
            }
            for block, layout in blocks
        ]
        self._settle(blocks, read)
        self.findings = [
            *_odd_amounts(self._contract, self._source_file, read),
            *_masked_addresses(self._contract, self._source_file, read),
        ]
        for (block, layout), answers in zip(blocks, read, strict=True):
            self._land(block, answers, self._judge(block, layout, answers))
        tables = {
            table.name: pa.concat_tables(self._parts[table.name])
            if self._parts[table.name]
            else table.schema.empty_table()
            for table in self._tables
        }
        return tables, self._quarantined

    def _settle(self, blocks: Sequence[tuple[Block, Layout]], read: Sequence[Mapping[str, _Answers]]) -> None:
        """Decides the file's order of day and month, and sets its timestamps."""
        columns = [
            (reader, answers[reader.column.name], answers[reader.column.name].moments)
            for (_, layout), answers in zip(blocks, read, strict=True)
            for reader in layout.readers
        ]
        dated = [(reader, answers, moments) for reader, answers, moments in columns if moments is not None]
        if not dated:
            return
        form = dated[0][0].form
        assert form is not None
        counted = (
            (moments, np.bincount(answers.codes, minlength=len(answers.cells)))
            for _, answers, moments in dated
        )
        orders = decide_orders(form, counted)
        for reader, answers, moments in dated:
            _settle_moments(reader, answers, moments.settled(orders))

    def _judge(self, block: Block, layout: Layout, answers: Mapping[str, _Answers]) -> Mask:
        """Mask of rows that load; the others are quarantined for their first fault in header order."""
        is_at_fault = np.zeros(len(block.lines), dtype=bool)
        is_at_fault[list(block.faults)] = True
        found = {row: RowError(*fault) for row, fault in block.faults.items()}
        checks = {reader.column.name: list(_checks(reader, answers)) for reader in layout.readers}
        wrong = [check.rows for check in chain.from_iterable(checks.values())]
        is_otherwise_wrong = np.logical_or.reduce([is_at_fault, *wrong])
        for reader in layout.readers:
            of_column = answers[reader.column.name]
            if reader.column.unique:
                checks[reader.column.name].append(_repeated(reader, of_column, is_otherwise_wrong))
            for check in checks[reader.column.name]:
                for row in np.flatnonzero(check.rows & ~is_at_fault).tolist():
                    found[row] = check.fault(int(of_column.codes[row]))
                is_at_fault |= check.rows
        for row, fault in sorted(found.items()):
            self._quarantined.append(_quarantined(self._source_file, int(block.lines[row]), fault))
        return ~is_at_fault

    # --- what lands --------------------------------------------------------------------------------

    def _land(self, block: Block, read: Mapping[str, _Answers], loads: Mask) -> None:
        lines = block.lines[loads]
        rows = len(lines)
        landing = {
            "source_file": _constant(self._source_file, rows),
            "source_line": pa.array(lines),
            "event_id": _constant(self._surroundings.event_id, rows),
        }
        for column in self._contract.columns:
            if not column.is_stored:
                continue
            # A column that the file does not have, or that says nothing beside another file, is blank throughout.
            answers = read.get(column.name) or _Answers([""], np.zeros(len(loads), dtype=np.int32), [None])
            is_told = _all_hold(column.when, read)[loads] if column.when else None
            cells, values, codes = _used(answers, answers.codes[loads])
            if column.type == "place_list":
                self._land_list(column, values, codes, lines)
                continue
            distinct = landed(column, self._contract, self._surroundings.pseudonymiser, cells, values)
            into = landing_columns(column)
            for each, some in zip(into, distinct, strict=True):
                # The key of a place is there only where the text is one.
                mask = None if is_told is None or each is not into[-1] else ~is_told
                landing[each.name] = _put(pa.array(some, each.type), pa.array(codes, mask=mask))
        names = self._tables[0].schema.names
        self._parts[self._contract.source].append(
            pa.Table.from_arrays([landing[each] for each in names], names)
        )

    def _land_list(self, column: Column, values: Sequence[Any], codes: Codes, lines: NDArray[Any]) -> None:
        """Builds a list table: one row per element."""
        elements = [list(place_elements(value)) for value in values]
        sizes = np.fromiter(map(len, elements), np.int64, len(elements))
        starts, size = (np.cumsum(sizes) - sizes)[codes], sizes[codes]
        steps = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        at = pa.array(np.repeat(starts, size) + steps)
        positions, texts, keys = list(zip(*chain.from_iterable(elements), strict=True)) or [(), (), ()]
        name = f"{self._contract.source}_{column.name}"
        arrays = [
            pa.repeat(pa.scalar(self._source_file, pa.string()), len(at)),
            pa.array(np.repeat(lines, size)),
            pa.array(positions, pa.int64()).take(at),
            pa.array(texts, pa.string()).take(at),
            pa.array(keys, pa.string()).take(at),
        ]
        schema = next(table.schema for table in self._tables if table.name == name)
        self._parts[name].append(pa.Table.from_arrays(arrays, schema=schema))


def _checks(reader: Reader, answers: Mapping[str, _Answers]) -> Iterator[_Check]:
    """The validations of a column, except uniqueness."""
    of_column = answers[reader.column.name]
    column, header = reader.column, reader.header
    if of_column.faults:
        yield _Check(
            of_column.of_rows(lambda code, _: code in of_column.faults), of_column.faults.__getitem__
        )
    if reader.may_be_missing:
        is_blank = of_column.of_rows(lambda code, value: value is None and code not in of_column.faults)

        def missing(code: int) -> RowError:
            is_typed = column.type == "email" and str(of_column.cells[code]).strip()
            said = "holds no e-mail address" if is_typed else "is blank"
            return RowError(Reason.MISSING_REQUIRED, f"{header} {said}", header)

        yield _Check(is_blank & _is_required(column, answers) if is_blank.any() else is_blank, missing)
    if column.one_when:
        is_other = of_column.of_rows(lambda _, value: value is not None and value != 1)
        (other, wanted), *_ = column.one_when.items()

        def not_one(code: int) -> RowError:
            said = f"{header}: {quoted(str(of_column.cells[code]))} is not 1, where {other} is {wanted[0]}"
            return RowError(Reason.BAD_NUMBER, said, header)

        yield _Check(is_other & _any_holds(column.one_when, answers), not_one)


def _is_required(column: Column, answers: Mapping[str, _Answers]) -> Mask | bool:
    if column.required_unless:
        return ~_any_holds(column.required_unless, answers)
    return _any_holds(column.required_when, answers) if column.required_when else column.required


def _holding(conditions: Conditions, answers: Mapping[str, _Answers]) -> list[Mask]:
    return [
        answers[name].of_rows(lambda _, value, wanted=wanted: is_one_of(value, wanted))  # type: ignore[misc]
        for name, wanted in conditions.items()
    ]


def _any_holds(conditions: Conditions, answers: Mapping[str, _Answers]) -> Mask:
    holding: Mask = np.logical_or.reduce(_holding(conditions, answers))
    return holding


def _all_hold(conditions: Conditions, answers: Mapping[str, _Answers]) -> Mask:
    holding: Mask = np.logical_and.reduce(_holding(conditions, answers))
    return holding


def _repeated(reader: Reader, answers: _Answers, is_otherwise_wrong: Mask) -> _Check:
    """Rows whose value an earlier loaded row has."""
    keys = [None if value is None else str(value) for value in answers.values]
    repeats = np.zeros(len(answers.codes), dtype=bool)
    loaded: set[str] = set()
    for row, (code, is_wrong) in enumerate(
        zip(answers.codes.tolist(), is_otherwise_wrong.tolist(), strict=True)
    ):
        key = keys[code]
        if key is None:
            continue
        repeats[row] = key in loaded
        if not is_wrong:
            loaded.add(key)

    def repeated(code: int) -> RowError:
        said = f"{reader.header}: {quoted(str(answers.values[code]))} stands in an earlier row"
        return RowError(Reason(str(reader.column.unique)), said, reader.header)

    return _Check(repeats, repeated)


def _quarantined(source_file: str, line: int, fault: RowError) -> QuarantinedRow:
    return QuarantinedRow(source_file, line, fault.field, fault.reason.value, fault.sentence)


# --- arrays --------------------------------------------------------------------------------------


def _used(answers: _Answers, codes: Codes) -> tuple[Sequence[Any], Sequence[Any], Codes]:
    """The distinct cells in use by rows of these codes, their values, and recoded rows."""
    is_used = np.zeros(len(answers.cells), dtype=bool)
    is_used[codes] = True
    if is_used.all():
        return answers.cells, answers.values, codes
    at = np.flatnonzero(is_used).tolist()
    renumbered = np.cumsum(is_used, dtype=np.int32) - 1
    return [answers.cells[each] for each in at], [answers.values[each] for each in at], renumbered[codes]


def _put(distinct: pa.Array, codes: pa.Array) -> pa.Array:
    """Takes each row's value from the distinct ones; texts become an Arrow dictionary."""
    if not pa.types.is_string(distinct.type):
        return distinct.take(codes)
    # What distinct cells land as may be the same.
    encoded = distinct.dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices.take(codes), encoded.dictionary)


def _constant(value: str | None, rows: int) -> pa.Array:
    codes = pa.array(np.zeros(rows, dtype=np.int32))
    return _put(pa.array([value] if rows else [], pa.string()), codes)


# --- findings ------------------------------------------------------------------------------------


def _findings(split: Split, source_file: str, contract: Contract) -> Iterator[Finding]:
    for line in split.stray_lines:
        message = f"A quote in line {line}, which is no row, is stray; the line was read without it"
        yield Finding("note", "stray_quote", source_file, message)
    if contract.per_event and not any(len(block.lines) for block in split.blocks):
        yield Finding("note", "no_rows", source_file, "The export has a header and no row: nobody is in it")


def _odd_amounts(
    contract: Contract, source_file: str, read: Sequence[Mapping[str, _Answers]]
) -> Iterator[Finding]:
    """Amounts with three decimals, whose decimal mark is likely a thousands separator."""
    pattern = re.compile(rf"\d{{1,3}}{re.escape(contract.format.decimal)}\d{{3}}", re.ASCII)
    for column in contract.columns:
        if column.type != "amount":
            continue
        odd, rows = _count_like(column, read, pattern)
        if odd:
            example = f"1{contract.format.decimal}234"
            message = (
                f"{odd} of {rows} amounts have three decimals, as {example}: probably another number form, in which "
                "that is 1234"
            )
            is_whole = odd >= _FEWEST_ODD_AMOUNTS and odd * 10 > rows
            yield Finding(
                "refuse" if is_whole else "note", "amounts_with_three_decimals", source_file, message
            )


# What platforms put in the place of letters.
_MASK = re.compile(r".*[*•…].*@.*|.*@.*[*•…].*")


def _masked_addresses(
    contract: Contract, source_file: str, read: Sequence[Mapping[str, _Answers]]
) -> Iterator[Finding]:
    """E-mail addresses of which the platform shows a part."""
    for column in contract.columns:
        if column.type == "email" and (found := _count_like(column, read, _MASK))[0]:
            said = f"{found[0]} of {found[1]} addresses are masked by asterisks or dots: people of one mask count as one"
            yield Finding("note", "masked_addresses", source_file, f"{said}. Export it with whole addresses")


def _count_like(
    column: Column, read: Sequence[Mapping[str, _Answers]], pattern: re.Pattern[str]
) -> tuple[int, int]:
    """The cells of a column that match a pattern, and all of them."""
    columns = [answers[column.name] for answers in read if column.name in answers]
    like = sum(int(np.count_nonzero(_are_like(answers, pattern))) for answers in columns)
    return like, sum(len(answers.codes) for answers in columns)


def _are_like(answers: _Answers, pattern: re.Pattern[str]) -> Mask:
    """Mask of rows whose cell matches a pattern."""
    cells = answers.cells
    return answers.of_rows(
        lambda code, _: isinstance(cells[code], str) and bool(pattern.fullmatch(cells[code].strip()))
    )


def _unknown_columns(layouts: Iterable[Layout], source_file: str) -> Iterator[Finding]:
    for layout in layouts:
        for name in layout.unknown:
            decodable = name.encode("utf-8", "replace").decode("utf-8")
            said = without_addresses(" ".join(decodable.split()), incomplete=True)
            message = f"Column {said} is not in the contract and was left out"
            yield Finding("note", "unknown_column", source_file, message)


def _encoding_findings(split: Split, content: bytes, source_file: str, contract: Contract) -> list[Finding]:
    """Names the encoding of undecodable rows; raises FileRefused if the whole file is in it."""
    wrong = [
        int(block.lines[row])
        for block in split.blocks
        for row, (reason, _) in block.faults.items()
        if reason is Reason.INVALID_UTF8
    ]
    if not wrong or contract.format.kind == "json_array":
        return []
    name, rows = name_encoding(content), sum(len(block.lines) for block in split.blocks)
    data = as_utf_8(content, source_file, contract)
    if (
        len(wrong) >= _WRONG_ENCODING_ROWS
        and len(wrong) * 10 > rows
        and not _is_read_beyond_ascii(split, data)
    ):
        found = f"{len(wrong)} rows that are no such text and none that is, probably {name}"
        raise FileRefused(source_file, found, " or ".join(contract.format.encodings))
    expected = " or ".join(contract.format.encodings)
    message = f"{len(wrong)} rows are no {expected} text, probably {name}"
    return [Finding("note", "another_encoding", source_file, message)]


def _is_read_beyond_ascii(split: Split, data: bytes) -> bool:
    """Whether a row that is text has letters beyond ASCII."""
    lines = data.splitlines()
    good = (
        lines[line - 1]
        for block in split.blocks
        for row, line in enumerate(block.lines.tolist())
        if row not in block.faults
    )
    return any(not line.isascii() for line in good)
