"""The texts that a command is to read: from files, folders, standard input and the command line."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from maskplay.cli.refusal import Refusal
from maskplay.cli.text_file import NotText, checked_encoding, read_standard_input, read_text

SUFFIXES = (".txt", ".md")
"""What a folder is searched for."""


class Each(StrEnum):
    """What makes one passage."""

    file = "file"
    paragraph = "paragraph"
    line = "line"


class Source(NamedTuple):
    """A text and where it is from."""

    name: str
    text: str


class Place(NamedTuple):
    """A passage: the characters of a source from `offset` on."""

    source: Source
    offset: int
    text: str


def sources(
    arguments: Iterable[str],
    texts: Sequence[str] | None,
    encoding: str,
    note: Callable[[str], None],
    *,
    once: bool = False,
) -> list[Source]:
    """Read all that was named.

    Args:
        arguments: files, folders (searched for *.txt and *.md), or "-" for standard input.
        texts: texts given on the command line with --text; None where a command has no such option.
        encoding: of the files.
        note: is told of each file of a folder that was left out, and with `once` of what was named again.
        once: whether a file is read only once however often it is named, by itself, in a folder or by a link: so it
            has one vote.

    Raises:
        Refusal: if there is nothing to read, or something named cannot be read.
        OSError: if a file cannot be read.
    """
    checked_encoding(encoding)
    found: list[Source] = []
    files = _Files(encoding, note, once)
    named = list(arguments)
    if named.count("-") > 1:
        raise Refusal("Standard input (-) can be read only once.")
    for argument in named:
        path = Path(argument)
        if argument == "-":
            found.append(Source("standard input", read_standard_input(encoding)))
        elif not argument:
            raise Refusal("A text to read is named by a file or a folder, not by an empty string.")
        elif path.is_dir():
            found += files.of_folder(path)
        elif not path.exists():
            itself = "" if texts is None else " A passage itself is given with --text."
            raise Refusal(f"{argument}: no such file or folder.{itself}")
        else:
            found += files.named(path, argument)
    found += [Source(f"text {number}", text) for number, text in enumerate(texts or (), 1)]
    if not found:
        inputs = (
            "files, folders or -" if texts is None else "files or folders, - for standard input, or --text"
        )
        raise Refusal(f"There is nothing to read: name {inputs}.")
    return found


def places(found: Iterable[Source], each: Each) -> list[Place]:
    """Cut sources into passages: not at all, or at blank lines, or at line ends; none is blank."""
    return [
        Place(source, offset, text)
        for source in found
        for offset, text in _parts(source.text, each)
        if text.strip()
    ]


def _parts(text: str, each: Each) -> Iterator[tuple[int, str]]:
    if each == Each.file:
        yield 0, text
        return
    lines = text.splitlines(keepends=True)
    offsets = list(accumulate(map(len, lines), initial=0))
    if each == Each.line:
        yield from ((offset, line.rstrip("\r\n")) for offset, line in zip(offsets, lines, strict=False))
        return
    first = 0
    for number, line in enumerate([*lines, ""]):
        if not line.strip():
            yield offsets[first], "".join(lines[first:number]).rstrip("\r\n")
            first = number + 1


class _Files:
    """Reads files, and knows which have been read; see `sources`."""

    def __init__(self, encoding: str, note: Callable[[str], None], once: bool) -> None:
        self._encoding = encoding
        self._note = note
        self._once = once
        self._names: dict[str, str] = {}  # of what has been read, by what it is behind all links

    def named(self, path: Path, name: str) -> list[Source]:
        if (earlier := self._earlier(path)) is not None:
            self._note(f"left out {name}: it has been read already, as {earlier}")
            return []
        return [self._read(path, name)]

    def of_folder(self, folder: Path) -> list[Source]:
        found = []
        again = 0
        for path in _files(folder):
            if self._earlier(path) is not None:
                again += 1
                continue
            try:
                found.append(self._read(path, str(path)))
            except (NotText, OSError) as error:
                self._note(f"left out {path}: {error}" if isinstance(error, OSError) else f"left out {error}")
        if not found and not again:
            raise Refusal(f"{folder}: this folder holds no text that can be read (*.txt, *.md).")
        if again:
            self._note(f"left out of {folder} what has been read already: {again:,} of its texts")
        return found

    def _read(self, path: Path, name: str) -> Source:
        source = Source(name, read_text(path, self._encoding))
        if self._once and path.is_file():  # a pipe has something else to say each time
            self._names[os.path.realpath(path)] = name
        return source

    def _earlier(self, path: Path) -> str | None:
        """Give the name by which a file has been read; None if it is to be read."""
        return self._names.get(os.path.realpath(path)) if self._names else None


def _files(folder: Path) -> Iterator[Path]:
    """Find text files by their names, in order; what is hidden stays so."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if name.lower().endswith(SUFFIXES) and not name.startswith(".") and not path.is_fifo():
                yield path  # nobody may ever write to a pipe that lies about; one that was named is read
