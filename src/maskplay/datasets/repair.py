"""Writing a dataset file anew without its faults."""

import json
import os
import re
from os import PathLike
from pathlib import Path
from typing import Any

from maskplay._files import write_whole
from maskplay.datasets._parse import Parsed
from maskplay.datasets._path import checked_path
from maskplay.datasets._read import read_leniently
from maskplay.datasets.dataset_error import DatasetError
from maskplay.datasets.doctor import Report, report

_SURROGATE = re.compile("[\ud800-\udfff]")


def repair(
    path: str | PathLike[str], out: str | PathLike[str], *, format: str | None = None, overwrite: bool = False
) -> Report:
    """Write the file `path` anew to `out`, in the same format, with everything mended that can be.

    Values that the format does not know are kept. Questions and passages that could not be read are left
    out; the report lists them. `out` appears complete or not at all.

    Args:
        path: the faulty file.
        out: where to write. It may be `path` itself, with `overwrite`.
        format: see `load`.
        overwrite: whether `out` may exist.

    Returns:
        The report on `path`.

    Raises:
        FileExistsError: if `out` exists and `overwrite` is False.
        DatasetError: if nothing could be read, so that there is nothing to write.
        OSError: if `out` cannot be written; the message names it.
        TypeError: if `path` or `out` is no path.
    """
    faulty, mended = checked_path(path), checked_path(out, "out")
    if os.path.lexists(mended) and not overwrite:
        raise FileExistsError(f"{mended} exists; choose another name, or pass overwrite=True.")
    reading = read_leniently(faulty, format)
    if reading.parsed is None or not reading.dataset:
        found = "; ".join(str(fault) for fault in reading.notes.faults[:1])
        raise DatasetError(f"{faulty}: nothing could be read ({found}).")
    _write(mended, _dump(reading.parsed))
    return report(path, reading)


def _write(out: Path, content: bytes) -> None:
    """Write the file whole; an error names it, and not the temporary file beside it, or (of a full device) nothing."""
    try:
        write_whole(out, content)
    except FileNotFoundError:
        raise  # of its folder, which is named
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(out)) from error


def _dump(parsed: Parsed) -> bytes:
    if parsed.lines:
        text = "".join(_json(value, None) + "\n" for _, value in parsed.tree)
    else:
        text = _json(parsed.tree, parsed.indent) + "\n"
    # UTF-8 has no lone surrogates, JSON has.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text).encode()


def _json(value: Any, indent: int | None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
