"""Which of several passages speak of what is asked, by the words that they share with the question."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class Relevance:
    """Weighs passages by the character pairs that they share with a question, rare pairs more than frequent ones.

    A network that reads one passage at a time cannot know that another one speaks of the very thing; it believes the
    passage that it is given. So spans of passages that leave out what others have of the question count less. What all
    passages share or lack says nothing: a passage alone, and copies of one, have weight 1.

    Passages come one after another, and none is kept: memory does not grow with them.

    Args:
        question: what is asked, folded as the passages are.

    >>> relevance = Relevance("白云山主峰多高")
    >>> shared = [relevance.add(text) for text in ["越秀山的主峰高70米", "白云山的主峰高382米", "今天下雨"]]
    >>> relevance.weights(shared).round(2)
    array([0.19, 1.  , 0.  ])
    """

    def __init__(self, question: str) -> None:
        self._pairs = sorted({question[i : i + 2] for i in range(len(question) - 1)})
        self._counts = np.zeros(len(self._pairs))
        self._passages = 0

    def add(self, passage: str) -> NDArray[np.bool_]:
        """Count a passage; give which of the question's pairs it has, bool `(pairs,)`."""
        shared = np.array([pair in passage for pair in self._pairs], bool)
        self._counts += shared
        self._passages += 1
        return shared

    def weights(self, shared: Sequence[NDArray[np.bool_]]) -> NDArray[np.float64]:
        """Weigh some of the passages, among all that were counted.

        Args:
            shared: what `add` gave of each.

        Returns:
            float64 `(len(shared),)` in [0, 1], the largest 1. A pair's weight is the logarithm of the odds that a
            passage does not have it (as in BM25: Robertson and Walker 1994), among those passages themselves.
        """
        telling = (self._counts > 0) & (self._counts < self._passages)
        rarity = np.log(1 + (self._passages - self._counts + 0.5) / (self._counts + 0.5))
        found = np.array(shared, bool).reshape(len(shared), len(self._pairs)) @ np.where(telling, rarity, 0.0)
        best = found.max(initial=0.0)
        return found / best if best else np.ones(len(shared))


def relevance(question: str, passages: Sequence[str]) -> NDArray[np.float64]:
    """Weigh passages that are all at hand; see `Relevance`.

    Args:
        question: what is asked, folded as the passages are.
        passages: texts.

    Returns:
        float64 `(passages,)` in [0, 1], the largest 1.
    """
    found = Relevance(question)
    return found.weights([found.add(passage) for passage in passages])
