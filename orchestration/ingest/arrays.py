"""Python values as Arrow arrays of the types that land.

Here belongs how values become an array; which values they are does not. Arrow's own way from a list asks pandas
first whether the list is one of its kinds, and for that imports it, in every process that reads exports. Here an
array is made of its buffers, which asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

Numbers = np.ndarray[Any, Any]

# An array of texts counts its bytes in 32 bits.
_MOST_BYTES = 2**31 - 1
_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)


def array_of(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values, None for one that is missing, as an array; in chunks where texts are too long for one."""
    if pa.types.is_string(kind):
        return _texts(values)
    nothing, encode = _FIXED[kind.id]
    present = None
    if None in values:
        present, values = _filled(values, nothing)
    return _from_buffers(kind, len(values), present, encode(values, kind))


def table_of(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows by column name as a table."""
    columns = [array_of([row.get(field.name) for row in rows], field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def repeated(value: str | None, rows: int) -> pa.Array:
    """One text for each of so many rows."""
    return array_of([value], pa.string()).take(array_of_numbers(np.zeros(rows, dtype=np.int32)))


def array_of_numbers(
    numbers: Numbers, present: Numbers | None = None, kind: pa.DataType | None = None
) -> pa.Array:
    """Whole numbers or truth values of NumPy as an array, of a type that is numbers underneath where one is given."""
    kind = kind or pa.from_numpy_dtype(numbers.dtype)
    data = _bits(numbers) if numbers.dtype == np.bool_ else pa.py_buffer(np.ascontiguousarray(numbers))
    return _from_buffers(kind, len(numbers), present, data)


def _from_buffers(kind: pa.DataType, rows: int, present: Numbers | None, *data: pa.Buffer) -> pa.Array:
    validity = None if present is None else _bits(present)
    return pa.Array.from_buffers(kind, rows, [validity, *data])


def _bits(truths: Numbers) -> pa.Buffer:
    return pa.py_buffer(np.packbits(truths, bitorder="little"))


def _filled(values: Sequence[Any], nothing: Any) -> tuple[Numbers, Sequence[Any]]:
    """Which values are there, and the values with something in the place of those that are not."""
    present = np.fromiter((value is not None for value in values), dtype=bool, count=len(values))
    return present, [nothing if value is None else value for value in values]


# --- texts ---------------------------------------------------------------------------------------


def _texts(values: Sequence[Any]) -> pa.Array:
    present = None
    try:
        joined = "".join(values)
    except TypeError:
        present, values = _filled(values, "")
        joined = "".join(values)
    data, lengths = _encoded(joined, values)
    if len(data) > _MOST_BYTES:
        return _in_halves(values, present)
    ends = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(lengths, dtype=np.int32, count=len(values)), out=ends[1:])
    return _from_buffers(pa.string(), len(values), present, pa.py_buffer(ends), pa.py_buffer(data))


def _encoded(joined: str, values: Sequence[str]) -> tuple[bytes, Iterable[int]]:
    """The bytes of all texts together, and the number of bytes of each."""
    if joined.isascii():
        return joined.encode("ascii"), map(len, values)
    each = list(map(str.encode, values))
    return b"".join(each), map(len, each)


def _in_halves(values: Sequence[str], present: Numbers | None) -> pa.ChunkedArray:
    middle = len(values) // 2
    if not middle:
        raise OverflowError("a text of more than two gigabytes")
    there = present if present is not None else np.ones(len(values), dtype=bool)
    texts = [value if is_there else None for value, is_there in zip(values, there, strict=True)]
    chunks = [array_of(half, pa.string()) for half in (texts[:middle], texts[middle:])]
    parts = [part for chunk in chunks for part in getattr(chunk, "chunks", [chunk])]
    return pa.chunked_array(parts, pa.string())


# --- values of a fixed width -----------------------------------------------------------------------


def _truths(values: Sequence[bool], kind: pa.DataType) -> pa.Buffer:
    return _bits(np.fromiter(values, dtype=bool, count=len(values)))


def _whole(values: Sequence[int], kind: pa.DataType) -> pa.Buffer:
    return pa.py_buffer(np.fromiter(values, dtype=np.int64, count=len(values)))


def _days(values: Sequence[date], kind: pa.DataType) -> pa.Buffer:
    ordinals = np.fromiter(map(date.toordinal, values), dtype=np.int32, count=len(values))
    return pa.py_buffer(ordinals - np.int32(_EPOCH.toordinal()))


def _moments(values: Sequence[datetime], kind: pa.DataType) -> pa.Buffer:
    return _whole([(value - _EPOCH) // _MICROSECOND for value in values], kind)


def _decimals(values: Sequence[Decimal], kind: pa.DataType) -> pa.Buffer:
    """Decimals as whole numbers of 128 bits: of 18 digits at most, which 64 hold; the rest is the sign."""
    shifted = [value.scaleb(kind.scale) for value in values]
    wide = np.empty((len(values), 2), dtype=np.int64)
    wide[:, 0] = np.fromiter(map(int, shifted), dtype=np.int64, count=len(values))
    wide[:, 1] = wide[:, 0] >> 63
    if wide[:, 0].tolist() != shifted:
        raise ValueError(f"a decimal of more than {kind.scale} places")
    return pa.py_buffer(wide)


# What stands in the place of a missing value, and how values become bytes, by the type they land as.
_FIXED: dict[int, tuple[Any, Callable[[Sequence[Any], pa.DataType], pa.Buffer]]] = {
    pa.bool_().id: (False, _truths),
    pa.int64().id: (0, _whole),
    pa.date32().id: (_EPOCH, _days),
    pa.timestamp("us").id: (_EPOCH, _moments),
    pa.decimal128(18).id: (Decimal(0), _decimals),
}
