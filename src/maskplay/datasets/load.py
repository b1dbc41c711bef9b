"""Files -> examples, with every offset checked."""

from os import PathLike

from maskplay.datasets._path import checked_path
from maskplay.datasets._read import read_strictly
from maskplay.datasets.dataset import Dataset


def load(path: str | PathLike[str], *, format: str | None = None) -> Dataset:
    """Read a dataset file; its format is recognised.

    No offset of the file is trusted: each answer is looked up in its passage, nearest to where the file says,
    if need be in other width, case, script, blanks or punctuation (then the reference holds the passage's own
    characters), and has `start` None where the passage does not hold it. Numbers are read as the text that
    they were (39764.0 as 2008年11月12日, if the passage has it). Ids are made unique. All of it is listed in
    the dataset's `faults`.

    Args:
        path: the file.
        format: a key of `FORMATS`, for a file whose format is not recognised or is another than it seems.

    Raises:
        FileNotFoundError: if there is no such file.
        TypeError: if `path` is no path.
        DatasetError: if a question or passage would be lost: broken UTF-8 (the byte and line), broken or
            truncated JSON (the line, and how much comes before), a missing value or a wrong type (the path).
            `repair` writes a file without the broken parts.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "notes.jsonl")
    ...     line = '{"question": "主峰多高？", "passage": "主峰高382米。", "answer": "382米"}'
    ...     _ = file.write_text(line, encoding="utf-8")
    ...     load(file).examples[0].passages[0].references
    (Reference(text='382米', start=3),)
    """
    return read_strictly(checked_path(path), format)
