"""Words and their vectors: trained on your texts, or read from word2vec files."""

from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

import numpy as np

from maskplay.text import _vector_files
from maskplay.text._skip_gram import skip_gram
from maskplay.text.char_vocabulary import FIRST, UNKNOWN
from maskplay.text.fold import fold as fold_text
from maskplay.text.segment import Segmenter


class WordVectors:
    """Distinct words and one vector each; ids 0 (padding) and 1 (unknown) have zero vectors.

    Args:
        words: distinct words, the most frequent first. The first gets id 2.
        vectors: finite numbers `(len(words), dim)`; kept as float32.
        fold: whether the words are folded, so that words are folded before they are looked up.

    Attributes:
        words: the words, a tuple.
        fold: as given.
        matrix: float32 `(len(self), dim)`, what an embedding layer holds: zeros, zeros, then the vectors.

    >>> vectors = WordVectors(["山", "主峰"], [[1, 2, 3], [4, 5, 6]])
    >>> vectors.ids(["主峰", "海"]).tolist(), vectors.matrix.shape
    ([3, 1], (4, 3))
    """

    def __init__(self, words: Iterable[str], vectors: object, *, fold: bool = False) -> None:
        self.words = tuple(words)
        self.fold = bool(fold)
        self.matrix = _matrix(self.words, vectors)
        self._ids = {word: i for i, word in enumerate(self.words, FIRST)}
        if len(self._ids) != len(self.words):
            repeated = len(self.words) - len(self._ids)
            raise ValueError(f"words must be distinct; received {repeated} repetitions.")

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        dim: int = 64,
        min_count: int = 3,
        max_words: int | None = None,
        window: int = 5,
        epochs: int = 5,
        workers: int = 1,
        seed: int = 0,
        fold: bool = True,
        segmenter: Segmenter | None = None,
    ) -> "WordVectors":
        """Train skip-gram vectors with negative sampling on `texts` (needs gensim: `maskplay[train]`).

        Args:
            texts: strings, for instance passages; each is cut into words once and kept in memory.
            dim: length of the vectors.
            min_count: rarer words stay unknown.
            max_words: keep only so many of the most frequent words.
            window: words on each side that count as context.
            epochs: passes over the texts.
            workers: threads. Only with 1 does the same seed give the same vectors.
            seed: of the random numbers.
            fold: fold the texts first (see `word_ids`).
            segmenter: see `segment`.

        Raises:
            ImportError: without gensim.
            ValueError: if no word appears `min_count` times.
        """
        words, vectors = skip_gram(
            map(fold_text, texts) if fold else texts,
            segmenter,
            {
                "vector_size": dim,
                "min_count": min_count,
                "max_final_vocab": max_words,
                "window": window,
                "epochs": epochs,
                "workers": workers,
                "seed": seed,
            },
        )
        return cls(words, vectors, fold=fold)

    @classmethod
    def load(cls, path: str | Path, *, limit: int | None = None) -> "WordVectors":
        """Read word2vec text or binary, GloVe text, or what `save` wrote; the form is recognised.

        A word that a file gives twice keeps its first vector.

        Args:
            path: the file.
            limit: read only the first so many words (files list the most frequent first).

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if the file is damaged; the message names the file and the place.
        """
        words, vectors, fold = _vector_files.read(Path(path), limit)
        try:
            return cls(words, vectors, fold=fold)
        except ValueError as error:
            raise ValueError(f"{path} is damaged: {error}") from None

    def save(self, path: str | Path, *, dtype: str = "float32") -> None:
        """Write the vectors; the name's ending chooses the form.

        Args:
            path: ".bin" writes word2vec binary, ".safetensors" a compact file that also remembers `fold`,
                anything else word2vec text. An existing file is replaced in one step.
            dtype: "float32", "float16" or "int8" (one scale per word), for ".safetensors" only.

        Raises:
            ValueError: if a word with a blank in it meets a word2vec form, which cannot hold it.
        """
        _vector_files.write(Path(path), self.words, self.vectors, self.fold, dtype)

    @property
    def vectors(self) -> np.ndarray:
        """The words' vectors alone, float32 `(len(words), dim)`."""
        return self.matrix[FIRST:]

    @property
    def dim(self) -> int:
        """The length of each vector."""
        return self.matrix.shape[1]

    def ids(self, words: Iterable[str]) -> np.ndarray:
        """Give one int32 id per word: an array `(number of words,)`; unknown words get 1."""
        words = _folded(list(words)) if self.fold else words
        return np.fromiter((self._ids.get(word, UNKNOWN) for word in words), dtype=np.int32)

    def most_frequent(self, count: int) -> "WordVectors":
        """Keep the first `count` words."""
        return WordVectors(self.words[:count], self.vectors[:count], fold=self.fold)

    def known(self, words: Iterable[str]) -> "WordVectors":
        """Keep only those of `words` that have a vector here, in this object's order.

        >>> WordVectors(["山", "海"], [[1.0], [2.0]]).known(["海", "云"]).words
        ('海',)
        """
        wanted = set(self.ids(words).tolist())
        rows = [i for i in range(len(self.words)) if i + FIRST in wanted]
        return WordVectors([self.words[i] for i in rows], self.vectors[rows], fold=self.fold)

    def __len__(self) -> int:
        return len(self.matrix)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and (fold_text(word) if self.fold else word) in self._ids

    def __repr__(self) -> str:
        return f"WordVectors({len(self)} ids, dim={self.dim}, fold={self.fold})"


def _folded(words: list[str]) -> list[str]:
    """Fold the words, all at once: one by one it takes twenty times as long as cutting the text into them."""
    joined = "".join(words)
    folded = fold_text(joined)
    if folded == joined:
        return words
    ends = list(accumulate(map(len, words)))
    return [folded[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _matrix(words: tuple[str, ...], vectors: object) -> np.ndarray:
    values = np.asarray(vectors, dtype=np.float32)
    if values.ndim != 2 or len(values) != len(words):
        raise ValueError(f"vectors must have shape ({len(words)}, dim); received {values.shape}.")
    if not np.isfinite(values).all():
        bad = words[int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])]
        raise ValueError(f"vectors must be finite; the vector of {bad!r} is not.")
    return np.concatenate([np.zeros((FIRST, values.shape[1]), np.float32), values])
