"""Files that are there as a whole or not at all."""

import os
from pathlib import Path


def write(path: Path, data: str | bytes) -> Path:
    """Write a file under another name beside its place, then rename it.

    Args:
        path: is replaced if it exists.
        data: text becomes UTF-8.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_bytes(data.encode() if isinstance(data, str) else data)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
