"""BLEU (Papineni et al. 2002)."""

from collections import Counter
from collections.abc import Sequence
from math import exp, log

from maskplay.metrics.text_tokens import text_tokens


def bleu(predictions: Sequence[str], references: Sequence[Sequence[str]], order: int = 4) -> float:
    """Compare texts with what they were to be, all together.

    The rule, that of the paper: tokens are those of `text_tokens`. For n = 1 … `order` the runs of n tokens of all
    predictions that stand in a reference too, each at most as often as in the reference that has it most often, over
    all runs of the predictions. The geometric mean of these, without smoothing: 0 where a length has no match;
    lengths of which no prediction has a run are left out. Times exp(1 - r / c) where the predictions, c tokens, are
    shorter than the references, r tokens, of each the one nearest in length, and the shorter of two.

    Args:
        predictions: texts.
        references: for each, what it was to be; one at least.
        order: the longest runs.

    Returns:
        0 to 1.

    >>> bleu(["the cat sat on the mat"], [["the cat sat on the mat"]])
    1.0
    """
    if len(predictions) != len(references) or any(isinstance(r, str) or not r for r in references):
        raise ValueError(
            f"references must hold, for each of the {len(predictions)} predictions, a list of at least one text. "
            f"Received: {len(references)}"
        )
    shared, runs = [0] * order, [0] * order
    mine = theirs = 0
    for prediction, wanted in zip(predictions, references, strict=True):
        tokens, others = text_tokens(prediction), [text_tokens(text) for text in wanted]
        mine += len(tokens)
        theirs += min((abs(len(other) - len(tokens)), len(other)) for other in others)[1]
        for n in range(1, order + 1):
            found = _runs(tokens, n)
            most: Counter[tuple[str, ...]] = Counter()
            for other in others:
                most |= _runs(other, n)
            shared[n - 1] += (found & most).total()
            runs[n - 1] += found.total()
    precisions = [found / count for found, count in zip(shared, runs, strict=True) if count]
    if not precisions or not all(precisions):
        return 0.0
    brevity = min(0.0, 1 - theirs / mine)
    return exp(brevity + sum(map(log, precisions)) / len(precisions))


def _runs(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
