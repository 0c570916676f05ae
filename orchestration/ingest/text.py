"""Bytes of an export as UTF-8 text: which encoding they are in, and whether the contract knows it."""

from __future__ import annotations

from orchestration.ingest.contracts import Contract
from orchestration.ingest.errors import FileRefused

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_HEAD = 400


def as_utf_8(content: bytes, source_file: str, contract: Contract) -> bytes:
    """The text in UTF-8, without byte-order mark and without NULs.

    Bytes that are no text in the file's encoding are no UTF-8 here either. Raises FileRefused for an encoding that
    the contract does not have.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", ""))
    encoding = encoding or _encoding_without_mark(content, contract)
    family = encoding[:6] if encoding.startswith("utf-16") else encoding
    if family not in contract.format.encodings:
        raise FileRefused(source_file, f"{family} text", " or ".join(contract.format.encodings))
    body = content[len(mark) :]
    if encoding == "cp1252" and _is_utf_8_beyond_ascii(body):
        raise FileRefused(source_file, "utf-8 text", "cp1252")
    if encoding == "cp1252":
        body = body.decode(encoding, "surrogateescape").encode("utf-8", "surrogateescape")
    elif encoding != "utf-8":
        whole = len(body) // 2 * 2
        text = body[:whole].decode(encoding, "surrogatepass")
        # Half a character at the end is no text.
        body = text.encode("utf-8", "surrogatepass") + b"\xff" * (len(body) - whole)
    while body.startswith(_MARKS[0][0]):
        body = body[len(_MARKS[0][0]) :]
    return body.replace(b"\0", b"") if b"\0" in body else body


def _encoding_without_mark(content: bytes, contract: Contract) -> str:
    """UTF-16 is known by its zero bytes: half of those of plain letters."""
    head = content[:_HEAD]
    if len(head) >= 4 and head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if len(head) >= 4 and head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return "cp1252" if "cp1252" in contract.format.encodings else "utf-8"


def _is_utf_8_beyond_ascii(body: bytes) -> bool:
    if body.isascii():
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
