"""The rows of one sheet of a workbook: ``python sheet.py SHEET < workbook > pickled answer``.

A program of its own, because the library that reads workbooks can abort the process that it runs in. It knows
nothing of the project.
"""

from __future__ import annotations

import io
import pickle
import resource
import sys
from typing import Any

_MOST_MEMORY = 4_000_000_000


def read(content: bytes, sheet: str) -> dict[str, Any]:
    """The rows of the sheet, or an error message."""
    from python_calamine import CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if sheet not in workbook.sheet_names:
            return {"error": "sheets " + ", ".join(workbook.sheet_names), "expected": f"sheet {sheet}"}
        return {"rows": workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)}
    except Exception as error:
        return {"error": f"no readable workbook ({error})", "expected": "an XLSX file"}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    sys.stdout.buffer.write(pickle.dumps(read(sys.stdin.buffer.read(), sys.argv[1])))
