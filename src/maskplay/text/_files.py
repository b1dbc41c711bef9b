"""Reading and writing small files with clear errors and no half-written results."""

import os
import tempfile
from pathlib import Path


def read_text(path: str | Path) -> str:
    """Read UTF-8 text; a byte that is not UTF-8 is a ValueError that says where."""
    return Path(path).read_bytes().decode("utf-8")  # UnicodeDecodeError is a ValueError


def write_atomically(path: str | Path, content: bytes) -> None:
    """Write beside `path` and move into place, so that no reader ever sees half a file."""
    path = Path(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
