"""Which of several passages speak of what is asked, by the words that they share with the question."""

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray


def relevance(question: str, passages: Sequence[str]) -> NDArray[np.float64]:
    """Weigh passages by the character pairs that they share with a question, rare pairs more than frequent ones.

    A network that reads one passage at a time cannot know that another one speaks of the very thing; it believes the
    passage that it is given. So spans of passages that leave out what others have of the question count less. What all
    passages share or lack says nothing: a passage alone, and copies of one, have weight 1.

    Args:
        question: what is asked, folded as the passages are.
        passages: texts.

    Returns:
        float64 `(passages,)` in [0, 1], the largest 1. A pair's weight is the logarithm of the odds that a passage
        does not have it (as in BM25: Robertson and Walker 1994), among those passages themselves.

    >>> relevance("白云山主峰多高", ["越秀山的主峰高70米", "白云山的主峰高382米", "今天下雨"]).round(2)
    array([0.19, 1.  , 0.  ])
    """
    count = len(passages)
    if count < 2:
        return np.ones(count)
    shared = np.zeros(count)
    for pair in sorted({question[i : i + 2] for i in range(len(question) - 1)}):
        has = np.array([pair in passage for passage in passages], bool)
        if 0 < has.sum() < count:
            shared[has] += log(1 + (count - has.sum() + 0.5) / (has.sum() + 0.5))
    best = shared.max()
    return shared / best if best else np.ones(count)
