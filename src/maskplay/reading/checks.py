"""What a reader can be given."""

from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from pathlib import Path

from maskplay.datasets import Example
from maskplay.reading.buckets import QUESTION_LENGTHS


def checked_question(question: str) -> str:
    """Require a question that asks something.

    Raises:
        TypeError: if it is not a string.
        ValueError: if nothing of it can be seen, or it is longer than a network reads.
    """
    if not isinstance(question, str):
        raise TypeError(
            f"A question must be a string. Received: {type(question).__name__} ({question!r:.60})"
        )
    if not any(character.isprintable() and not character.isspace() for character in question):
        raise ValueError(
            f"A question must have at least one character that can be seen. Received: {question!r}"
        )
    if len(question) > QUESTION_LENGTHS[-1]:
        raise ValueError(
            f"A question must have at most {QUESTION_LENGTHS[-1]} characters. Received: {len(question)} "
            f"({question!r:.60}). Are question and passages swapped?"
        )
    return question


def checked_examples(examples: Iterable[Example]) -> list[Example]:
    """Require examples.

    Raises:
        TypeError: if it is something else, such as the name of a file.
    """
    if isinstance(examples, str | bytes | PathLike):
        raise TypeError(
            f"Examples must be what maskplay.datasets.load gives. Received: {examples!r:.60}. Load the file first: "
            f"datasets.load({examples!r:.60})."
        )
    if not isinstance(examples, Iterable):
        raise TypeError(
            f"Examples must be several. Received: {type(examples).__name__}. Pass [example] for one."
        )
    found = list(examples)
    for i, example in enumerate(found):
        if not isinstance(example, Example):
            raise TypeError(
                f"Examples must be of maskplay.datasets.Example. Received: examples[{i}] = {example!r:.60}"
            )
    return found


def checked_folder(folder: str | PathLike[str]) -> Path:
    """Require a path that may be read.

    Raises:
        TypeError: if it is something else.
        ValueError: if it is an empty string.
    """
    path = _path(folder)
    if not fspath(folder):
        raise ValueError(
            'A reader\'s folder must have a name, and "" is none. Pass "." for the folder where you are; load() '
            "without a folder gives the bundled reader."
        )
    return path


def checked_place(folder: str | PathLike[str]) -> Path:
    """Require a path that may be written: of a folder with a name, beside which checkpoints and unfinished files go.

    Raises:
        TypeError: if it is something else.
        ValueError: if it has no name of its own.
    """
    path = _path(folder)
    if path.name in ("", ".."):
        raise ValueError(
            f'A reader must be written to a folder with a name, such as "reader". Received: {fspath(folder)!r}'
        )
    return path


def _path(folder: str | PathLike[str]) -> Path:
    if not isinstance(folder, str | PathLike) or not isinstance(fspath(folder), str):
        raise TypeError(
            "A reader's folder must be a path: a string or a pathlib.Path. "
            f"Received: {type(folder).__name__} ({folder!r:.60})"
        )
    return Path(folder)


def checked_passages(passages: Iterable[str]) -> tuple[str, ...]:
    """Require strings; empty ones are allowed, and answer nothing.

    Raises:
        TypeError: if it is one string, a mapping, whose keys alone would be read, or not strings.
    """
    if isinstance(passages, str | bytes):
        raise TypeError(f"passages must be several strings: pass [text] for one. Received: {passages!r:.60}")
    if isinstance(passages, Mapping):
        raise TypeError(
            f"passages must be several strings, and a mapping has keys and values: pass list(passages) or "
            f"list(passages.values()). Received: {type(passages).__name__} ({passages!r:.60})"
        )
    if not isinstance(passages, Iterable):
        raise TypeError(f"passages must be several strings. Received: {type(passages).__name__}")
    texts = tuple(passages)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"Every passage must be a string. Received: passages[{i}] = {text!r:.60}")
    return texts
