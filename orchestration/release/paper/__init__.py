"""Typesets the report and the annex tables as PDF/UA, a file a language: ``report.pdf``, ``annexes.fr.pdf``.

Typst sets ``report.typ`` and ``annexes.typ`` from a JSON of what they say. The bytes depend on the release alone: the
fonts are Archivo and those that Typst brings, and the date in the file is the first day after the year.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from orchestration.release.file_names import file_name
from orchestration.release.number_formats import LANGUAGES
from orchestration.release.paper.content import annexes_content, report_content
from orchestration.release.paper.letters import settable
from orchestration.release.release_data import ReleaseData
from orchestration.release.svg import FONT_FOLDER

_TEMPLATES = Path(__file__).parent
_CONTENTS = {"report": report_content, "annexes": annexes_content}


def write_paper(folder: Path, content: ReleaseData) -> None:
    """Writes both documents in each language; the charts must lie in ``charts/`` of the folder."""
    for document, content_of in _CONTENTS.items():
        for language in LANGUAGES:
            said = settable(content_of(content, language))
            pdf = typeset(document, said, folder, content.year)
            (folder / file_name(document, "pdf", language)).write_bytes(pdf)


def typeset(document: str, said: object, root: Path, year: int) -> bytes:
    """A document as PDF. ``root`` is the folder that pictures are read from, by absolute paths below it."""
    import typst

    source = "".join((_TEMPLATES / f"{name}.typ").read_text(encoding="utf-8") for name in ("style", document))
    compiler = typst.Compiler(root=str(root), font_paths=[str(FONT_FOLDER)], ignore_system_fonts=True)
    pdf = compiler.compile(
        source.encode(),
        sys_inputs={"content": json.dumps(said, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=datetime(year + 1, 1, 1, tzinfo=UTC),
    )
    assert isinstance(pdf, bytes)
    return pdf
