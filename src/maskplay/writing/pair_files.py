"""Files of pairs, of poems and of plain text."""

import gzip
import json
import lzma
import zlib
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from maskplay.writing.pair import Pair
from maskplay.writing.poems import poem_pairs

_OPEN = {".xz": lzma.open, ".gz": gzip.open}


def read_pairs(path: str | PathLike[str]) -> Iterator[Pair]:
    """Read pairs to learn from, one line at a time.

    Lines are `source<TAB>target`; or JSON objects (the file ends in .jsonl): with "source" and "target", or a poem with
    "title" and "lines" (see `poem_pairs`). A file may be packed (.xz, .gz).

    Args:
        path: UTF-8; blank lines are passed over. A line of the target is ended by `\\n`, a backslash and an n, in
            `source<TAB>target`.

    Raises:
        ValueError: A line is something else; the message names it.
    """
    for number, line in _lines(path):
        if _is_json(path):
            yield from _of_json(line, f"{path}, line {number}")
        else:
            yield _of_tab(line, f"{path}, line {number}")


def read_texts(path: str | PathLike[str]) -> Iterator[str]:
    """Read plain texts to pretrain on.

    Each line of a text file is a text, of a file that ends in .jsonl each object: its "text", or the lines of a poem.

    Args:
        path: UTF-8; blank lines are passed over. It may be packed (.xz, .gz).

    Raises:
        ValueError: A line is something else; the message names it.
    """
    for number, line in _lines(path):
        yield _text_of(line, f"{path}, line {number}") if _is_json(path) else line


def _is_json(path: str | PathLike[str]) -> bool:
    return ".jsonl" in [suffix.lower() for suffix in Path(path).suffixes[-2:]]


def _lines(path: str | PathLike[str]) -> Iterator[tuple[int, str]]:
    opened = _OPEN.get(Path(path).suffix, open)
    with opened(path, "rt", encoding="utf-8-sig", newline="\n") as file:  # type: ignore[operator]
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
        except (UnicodeDecodeError, lzma.LZMAError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path} is no text in UTF-8, or is damaged: {error}") from None


def _of_tab(line: str, where: str) -> Pair:
    parts = line.split("\t")
    if len(parts) != 2 or not all(part.strip() for part in parts):
        meant = (
            " JSON objects are read of a file whose name ends in .jsonl." if line.lstrip()[:1] == "{" else ""
        )
        raise ValueError(
            f"{where} must be source<TAB>target, neither of them empty. Received: {line[:60]!r}, with "
            f"{len(parts) - 1} tabs.{meant}"
        )
    source, target = (part.strip().replace("\\n", "\n") for part in parts)
    return Pair(source, target)


def _of_json(line: str, where: str) -> Iterable[Pair]:
    value = _object(line, where)
    if isinstance(value.get("source"), str) and isinstance(value.get("target"), str):
        if not value["source"].strip() or not value["target"].strip():
            raise ValueError(f"{where} must have a source and a target that are not empty.")
        return [Pair(value["source"], value["target"])]
    if _is_poem(value):
        return poem_pairs(value["title"], value["lines"])
    raise ValueError(
        f'{where} must have the texts "source" and "target", or the text "title" and a list of texts, "lines". '
        f"Received: {line[:60]!r}"
    )


def _text_of(line: str, where: str) -> str:
    value = _object(line, where)
    if isinstance(value.get("text"), str):
        return value["text"]
    if _is_poem(value):
        return "\n".join(value["lines"])
    raise ValueError(
        f'{where} must have a "text", or the text "title" and a list of texts, "lines". Received: {line[:60]!r}'
    )


def _is_poem(value: dict[str, Any]) -> bool:
    lines = value.get("lines")
    return (
        isinstance(value.get("title"), str)
        and isinstance(lines, list)
        and all(isinstance(x, str) for x in lines)
    )


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where} is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be a JSON object. Received: {line[:60]!r}")
    return value
