"""Characters <-> ids, with one id per code point."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from maskplay._files import write_whole
from maskplay.text._code_points import COUNT, code_points, from_code_points
from maskplay.text.fold import fold_table

PAD, UNKNOWN = 0, 1
FIRST = 2
_KIND = "maskplay character vocabulary"


class CharVocabulary:
    """The characters that a model knows, numbered: 0 is padding, 1 is any unknown character.

    One id per code point, so the position of an id is the offset of its character, whatever the text holds.

    Args:
        characters: the known characters, each a string of one code point, without repetition. The first gets
            id 2. Lone surrogates cannot be known.
        fold: whether texts are folded (`maskplay.text.fold`) before they are looked up. The characters must
            then be folded themselves.

    Raises:
        ValueError: if a character is repeated, is not one code point, or is not folded although `fold`.

    >>> vocabulary = CharVocabulary("白云山a")
    >>> vocabulary.ids("白雲山Ａ😀").tolist()
    [2, 3, 4, 5, 1]
    >>> len(vocabulary)
    6
    """

    def __init__(self, characters: Iterable[str], *, fold: bool = True) -> None:
        self.characters = _checked(tuple(characters), fold)
        self.fold = bool(fold)
        self._ids = self._lookup_table()

    @classmethod
    def from_texts(
        cls, texts: Iterable[str], *, max_size: int | None = None, min_count: int = 1, fold: bool = True
    ) -> "CharVocabulary":
        """Know the characters of `texts`, the most frequent first (equally frequent ones by code point).

        Args:
            texts: strings; each is counted once per appearance, so pass each passage once.
            max_size: the most ids that the vocabulary may have, padding and unknown included.
            min_count: characters that appear less often stay unknown.
            fold: see the class.
        """
        if isinstance(texts, str):
            raise TypeError("texts must be an iterable of strings; received one string. Pass [text].")
        if max_size is not None and max_size < FIRST:
            raise ValueError(f"max_size must be at least {FIRST} (padding and unknown); received {max_size}.")
        counts = np.zeros(COUNT, dtype=np.int64)
        for chunk in _chunks(texts):
            points = code_points(chunk)
            found = np.bincount(fold_table()[points] if fold else points)
            counts[: len(found)] += found
        counts[0xD800:0xE000] = 0  # lone surrogates are damage, not characters
        known = np.flatnonzero(counts >= max(1, min_count))
        known = known[np.argsort(-counts[known], kind="stable")]
        room = None if max_size is None else max_size - FIRST
        return cls(from_code_points(known[:room]), fold=fold)

    def ids(self, text: str) -> np.ndarray:
        """Give one int32 id per code point of `text`: an array `(len(text),)` without padding."""
        points = code_points(text)
        return self._ids.take(fold_table()[points] if self.fold else points, mode="clip")

    def text(self, ids: Iterable[int], *, unknown: str = "\ufffd") -> str:
        """Give the (folded) text of `ids`; padding disappears, unknown ids become `unknown`.

        >>> CharVocabulary("山a").text([2, 3, 1, 0])
        '山a�'
        """
        table = ["", unknown, *self.characters]
        try:
            return "".join(table[i] for i in ids)
        except IndexError:
            raise ValueError(f"ids must be less than {len(self)}, the size of the vocabulary.") from None

    def save(self, path: str | Path) -> None:
        """Write the vocabulary to `path` as JSON; an existing file is replaced in one step."""
        fields = {"kind": _KIND, "version": 1, "fold": self.fold, "characters": "".join(self.characters)}
        write_whole(path, (json.dumps(fields, ensure_ascii=False, indent=1) + "\n").encode())

    @classmethod
    def load(cls, path: str | Path) -> "CharVocabulary":
        """Read a vocabulary that `save` wrote.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if the file is damaged or is something else; the message names it.
        """
        try:
            fields: Any = json.loads(Path(path).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path} is not a readable character vocabulary (JSON): {error}") from None
        if not isinstance(fields, dict) or fields.get("kind") != _KIND:
            raise ValueError(
                f'{path} is not a character vocabulary: it must be a JSON object of "kind": "{_KIND}".'
            )
        characters, fold = fields.get("characters"), fields.get("fold")
        if fields.get("version") != 1:
            raise ValueError(f"{path} has version {fields.get('version')!r}; this maskplay reads version 1.")
        if not isinstance(characters, str) or not isinstance(fold, bool):
            raise ValueError(f'{path} is damaged: "characters" must be a string and "fold" true or false.')
        try:
            return cls(characters, fold=fold)
        except ValueError as error:
            raise ValueError(f"{path} is damaged: {error}") from None

    def __len__(self) -> int:
        return FIRST + len(self.characters)

    def __contains__(self, character: object) -> bool:
        return isinstance(character, str) and len(character) == 1 and int(self.ids(character)[0]) != UNKNOWN

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CharVocabulary):
            return NotImplemented
        return self.fold == other.fold and self.characters == other.characters

    def __hash__(self) -> int:
        return hash((self.fold, self.characters))

    def __repr__(self) -> str:
        return f"CharVocabulary({len(self)} ids, fold={self.fold})"

    def _lookup_table(self) -> np.ndarray:
        """Give the id of each code point up to the last known one; the last entry stands for the rest."""
        points = code_points("".join(self.characters))
        table = np.full(int(points.max(initial=0)) + 2, UNKNOWN, dtype=np.int32)
        table[points] = np.arange(FIRST, FIRST + len(points), dtype=np.int32)
        return table


def _checked(characters: tuple[str, ...], fold: bool) -> tuple[str, ...]:
    for character in characters:
        if not isinstance(character, str) or len(character) != 1 or "\ud800" <= character <= "\udfff":
            raise ValueError(f"every character must be one code point, no surrogate; received {character!r}.")
        if fold and fold_table()[ord(character)] != ord(character):
            raise ValueError(f"{character!r} is not folded; fold the characters first, or pass fold=False.")
    if len(set(characters)) != len(characters):
        repeated = next(c for c in characters if characters.count(c) > 1)
        raise ValueError(f"characters must be distinct; {repeated!r} is repeated.")
    return characters


def _chunks(texts: Iterable[str], size: int = 1_000_000) -> Iterable[str]:
    """Join short texts, so that counting costs nothing per text."""
    waiting, length = [], 0
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"texts must be strings; received {type(text).__name__}.")
        waiting.append(text)
        length += len(text)
        if length >= size:
            yield "".join(waiting)
            waiting, length = [], 0
    yield "".join(waiting)
