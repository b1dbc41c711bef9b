"""Bytes -> JSON, saying where they break and saving what comes before."""

import json
import math
from dataclasses import dataclass
from typing import Any

from maskplay.datasets._decode import decode
from maskplay.datasets._notes import Notes, short
from maskplay.datasets._numbers import Literal
from maskplay.datasets._salvage import salvage

Places = list[tuple[str, Any]]
_MOST_DIGITS = 1000
"""Python reads no integer of more than 4300 digits, and no dataset needs one."""


@dataclass(slots=True)
class Parsed:
    """A file's JSON.

    Attributes:
        tree: the value; for JSON lines the list of (path, value) of the lines.
        lines: whether the file is JSON lines.
        indent: the file's indentation, to write it back in the same style.
        broken: where and why the text stopped being JSON, or "".
    """

    tree: Any
    lines: bool
    indent: int | None = None
    broken: str = ""


def parse(content: bytes, notes: Notes) -> Parsed:
    """Parse a file; a strict reading of broken JSON gives what comes before, with `broken` set."""
    text = decode(content, notes)
    if not text.strip():
        raise notes.refuse_all("json", "line 1", "the file is empty; expected questions in JSON")
    if _is_lines(text):
        return _parse_lines(text, notes)
    indent = 1 if "\n " in text[:1000] else None
    try:
        return Parsed(_loads(text, notes, "$"), False, indent)
    except json.JSONDecodeError as error:
        kept, path = salvage(text, error)
        where = f"line {error.lineno}, column {error.colno}"
        broken = f"{error.msg} in {path}"
        if not notes.strict:
            notes.add("json", where, broken, repair="what comes before was read" if kept else None)
        tree = None if kept is None else _loads(kept, notes, "$")
        return Parsed(tree, False, indent, f"{where}: {broken}")


def _is_lines(text: str) -> bool:
    """Recognise JSON lines: a question alone on a line, whatever is broken elsewhere."""
    # Not `splitlines`: U+2028, U+0085 and others end a line for Python; in JSON a text may hold them.
    lines = text[:1_000_000].split("\n", 30)[:30]
    return any(_is_question(line) for line in lines if line.strip())


def _is_question(line: str) -> bool:
    if not line.startswith("{"):
        return False
    try:
        value = json.loads(line, strict=False, parse_int=str)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "question" in value


def _parse_lines(text: str, notes: Notes) -> Parsed:
    places: Places = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            places.append((f"line {number}: $", _loads(line, notes, f"line {number}")))
        except json.JSONDecodeError as error:
            where = f"line {number}, column {error.colno}"
            if notes.strict:
                return Parsed(places, True, broken=f"{where}: {error.msg}")
            notes.add("json", where, error.msg, repair="left out")
    return Parsed(places, True)


def _loads(text: str, notes: Notes, where: str) -> Any:
    """Parse; NaN and infinities become null, floats remember their writing, control characters may stay."""
    beyond: list[str] = []

    def null(literal: str) -> Any:
        beyond.append(literal)

    def decimal(literal: str) -> float | None:
        return Literal(literal) if math.isfinite(float(literal)) else null(literal)

    def whole(literal: str) -> int | None:
        return int(literal) if len(literal) <= _MOST_DIGITS else null(literal)

    try:
        value = json.loads(text, strict=False, parse_float=decimal, parse_int=whole, parse_constant=null)
    except RecursionError:
        raise notes.refuse_all("json", where, "the JSON is nested too deeply to be a dataset") from None
    if beyond:
        notes.add("json", where, f"{short(beyond[0])}, which is no number of JSON", repair="read as null")
    return value
