"""Writing a dataset file anew without its faults."""

import json
import os
import re
from os import PathLike
from pathlib import Path
from typing import Any

from maskplay._files import write_whole
from maskplay.datasets._parse import Parsed
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
    """
    if os.path.lexists(out) and not overwrite:
        raise FileExistsError(f"{os.fspath(out)} exists; choose another name, or pass overwrite=True.")
    reading = read_leniently(Path(path), format)
    if reading.parsed is None or not reading.dataset:
        found = "; ".join(str(fault) for fault in reading.notes.faults[:1])
        raise DatasetError(f"{os.fspath(path)}: nothing could be read ({found}).")
    write_whole(Path(out), _dump(reading.parsed))
    return report(path, reading)


def _dump(parsed: Parsed) -> bytes:
    if parsed.lines:
        text = "".join(_json(value, None) + "\n" for _, value in parsed.tree)
    else:
        text = _json(parsed.tree, parsed.indent) + "\n"
    # UTF-8 has no lone surrogates, JSON has.
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text).encode()


def _json(value: Any, indent: int | None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
