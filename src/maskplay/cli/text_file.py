"""Text files, read strictly: what is not text, or in another encoding, is named."""

import codecs
import sys
from pathlib import Path
from typing import BinaryIO

from maskplay.cli.refusal import Refusal

_HEAD = 8000  # bytes in which a text file has no NUL


class NotText(Refusal):
    """A file that cannot be read as text."""


def read_text(path: Path, encoding: str | None = None) -> str:
    """Read a text file; a byte order mark is not part of the text, line ends stay as they are.

    Args:
        path: the file.
        encoding: its encoding, as the user named it; UTF-16 with a byte order mark is recognised. None where a command
            has no option for it: UTF-8.

    Raises:
        OSError: if it cannot be read.
        NotText: if it is binary, or in another encoding; the message names the file and the byte.
    """
    with path.open("rb") as file:
        return _read(file, str(path), encoding)


def read_standard_input(encoding: str | None = None) -> str:
    """Read standard input to its end; see `read_text`."""
    return _read(sys.stdin.buffer, "standard input", encoding)


def checked_encoding(encoding: str) -> str:
    """Require an encoding that Python knows."""
    try:
        b"a".decode(encoding)
    except UnicodeError:
        pass  # one byte is too few for it, but it exists
    except LookupError:
        raise Refusal(f"There is no encoding called {encoding!r}; try utf-8, gb18030 or big5.") from None
    return encoding


def _read(file: BinaryIO, name: str, encoding: str | None) -> str:
    content = file.read()
    advice = "save it as UTF-8" if encoding is None else "name the encoding, for instance --encoding gb18030"
    encoding = encoding or "utf-8"
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"
    elif codecs.lookup(encoding).name == "utf-8":
        encoding = "utf-8-sig"
        if b"\0" in content[:_HEAD]:
            raise NotText(f"{name}: not a text, byte {content.index(0)} is NUL.")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        # The codecs that take a byte order mark away count from behind it.
        place = len(content) - len(error.object) + error.start
        named = encoding.removesuffix("-sig")
        raise NotText(f"{name}: byte {place} (0x{content[place]:02x}) is not {named}; {advice}.") from None
