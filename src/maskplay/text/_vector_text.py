"""The two word2vec forms (and GloVe's, which has no header line), read without trust."""

import re
from pathlib import Path

import numpy as np


def first_line(start: bytes) -> tuple[int, int] | None:
    """Give (number of words, dim) of a word2vec header, or None if `start` does not begin with one."""
    match = re.match(rb"\s*(\d{1,12})[ \t]+(\d{1,6})\s*\n", start)
    return (int(match[1]), int(match[2])) if match else None


def read_binary(path: Path, limit: int | None) -> tuple[list[str], np.ndarray]:
    """Read word2vec binary: a header line, then each word, a blank and `dim` little-endian float32."""
    content = path.read_bytes()
    position = content.index(b"\n") + 1
    count, dim = _header(path, content[:position])
    wanted = count if limit is None else min(count, limit)
    if wanted * (4 * dim + 1) > len(content) - position:
        raise ValueError(
            f"{path} is truncated: its header promises {count} vectors of {dim} numbers, "
            f"but only {len(content) - position} bytes follow."
        )
    words: dict[str, int] = {}
    rows: list[np.ndarray] = []
    for number in range(1, wanted + 1):
        blank = content.find(b" ", position)
        end = blank + 1 + 4 * dim
        if blank < 0 or end > len(content):
            raise ValueError(f"{path} is truncated in word {number} of {count} (byte {position}).")
        word = content[position:blank].lstrip(b"\n").decode("utf-8", "replace")
        if words.setdefault(word, len(rows)) == len(rows):
            rows.append(np.frombuffer(content, "<f4", dim, blank + 1))
        position = end
    return list(words), np.array(rows, dtype=np.float32).reshape(len(rows), dim)


def read_words_and_numbers(path: Path, limit: int | None) -> tuple[list[str], np.ndarray]:
    """Read one word and its numbers per line, with or without word2vec's header line."""
    words: dict[str, int] = {}
    rows: list[np.ndarray] = []
    dim = count = None
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number == 1 and first_line(line if line.endswith(b"\n") else line + b"\n"):
                count, dim = _header(path, line)
                continue
            if limit is not None and len(rows) >= limit:
                break
            if not line.strip():
                continue
            word, row = _word_and_numbers(path, number, line, dim)
            dim = len(row)
            if words.setdefault(word, len(rows)) == len(rows):
                rows.append(row)
    if not rows and limit != 0 and count != 0:
        raise ValueError(f"{path} holds no word vectors.")
    if count is not None and limit is None and len(words) < count * 0.99:  # real files repeat a few words
        raise ValueError(f"{path} is truncated: its header promises {count} words, {len(words)} are there.")
    return list(words), np.array(rows, dtype=np.float32).reshape(len(rows), dim or 0)


def _word_and_numbers(path: Path, number: int, line: bytes, dim: int | None) -> tuple[str, np.ndarray]:
    fields = line.rstrip().split(b" ")
    if dim is not None and len(fields) != dim + 1:
        found = len(fields) - 1
        raise ValueError(f"{path}, line {number}: expected a word and {dim} numbers; found {found} numbers.")
    try:
        with np.errstate(over="ignore"):  # judged below
            row = np.array(fields[1:], dtype=np.float32)
    except ValueError:
        raise ValueError(
            f"{path}, line {number}: expected a word and numbers; found {line[:40]!r}."
        ) from None
    if len(row) == 0 or not np.isfinite(row).all():
        raise ValueError(f"{path}, line {number}: expected a word and finite numbers; found {line[:40]!r}.")
    return fields[0].decode("utf-8", "replace"), row


def _header(path: Path, line: bytes) -> tuple[int, int]:
    header = first_line(line if line.endswith(b"\n") else line + b"\n")
    if header is None or header[1] == 0:
        raise ValueError(f"{path}: the first line must be 'number-of-words dim'; found {line[:40]!r}.")
    return header
