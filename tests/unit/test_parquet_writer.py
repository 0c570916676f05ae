"""Landing tables as written to Parquet."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingest import parquet_writer
from orchestration.ingest.parquet_writer import LandingWriter
from orchestration.ingest.schema import LandingColumn, LandingTable

TABLE = LandingTable(
    "answers",
    "Answers",
    (LandingColumn("answer", pa.string(), "Answer"), LandingColumn("row", pa.int64(), "Row")),
)


def part(*answers: str | None, first: int, encoded: bool) -> pa.Table:
    """Rows as a reader makes them: row by row as texts, a column at a time as a dictionary of them."""
    column = pa.array(answers, pa.string())
    rows = pa.array(range(first, first + len(answers)))
    return pa.table({"answer": column.dictionary_encode() if encoded else column, "row": rows})


@pytest.mark.parametrize("group", [1, 4, 100])
@pytest.mark.parametrize("encoded", [(True, False, True), (False, True, True), (False,) * 3, (True,) * 3])
def test_parts_read_as_one_table_however_they_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoded: tuple[bool, ...], group: int
) -> None:
    monkeypatch.setattr(parquet_writer, "GROUP_ROWS", group)
    answers = ("yes", None, "no"), (None,), ("perhaps", "no", "", "yes")
    with LandingWriter(tmp_path, [TABLE]) as writer:
        first = 0
        for some, is_encoded in zip(answers, encoded, strict=True):
            writer.append({"answers": part(*some, first=first, encoded=is_encoded)})
            first += len(some)
    written = pq.read_table(tmp_path / "answers.parquet")
    assert written.schema.equals(TABLE.schema)
    assert written["answer"].to_pylist() == [each for some in answers for each in some]
    assert written["row"].to_pylist() == list(range(8))


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    with LandingWriter(tmp_path, [TABLE]):
        pass
    written = pq.read_table(tmp_path / "answers.parquet")
    assert written.schema.equals(TABLE.schema)
    assert written.num_rows == 0


def test_an_error_leaves_the_old_table(tmp_path: Path) -> None:
    with LandingWriter(tmp_path, [TABLE]) as writer:
        writer.append({"answers": part("yes", first=0, encoded=False)})
    with pytest.raises(ValueError, match="torn"), LandingWriter(tmp_path, [TABLE]) as writer:
        writer.append({"answers": part("no", "no", first=0, encoded=True)})
        raise ValueError("torn")
    assert pq.read_table(tmp_path / "answers.parquet")["answer"].to_pylist() == ["yes"]
    assert [path.name for path in tmp_path.iterdir()] == ["answers.parquet"]
