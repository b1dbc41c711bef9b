"""Metric-aware decoding: the span with the highest expected score, not the most probable one."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from maskplay.decoding._overlap import overlap
from maskplay.decoding.span import Span


def span_probabilities(spans: Sequence[Span], *, temperature: float = 1.0) -> NDArray[np.float64]:
    """Turn the log-scores of candidate spans into a distribution over them (a softmax).

    Args:
        spans: candidates whose scores are log-probabilities or logits, such as `best_spans` gives.
        temperature: above 1 flattens the distribution, below 1 sharpens it.

    Returns:
        Probabilities `(len(spans),)` that sum to 1; empty without spans.

    >>> span_probabilities([Span(0, 1, 0.0), Span(0, 2, 0.0)])
    array([0.5, 0.5])
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, not {temperature}")
    if not spans:
        return np.zeros(0)
    scores = np.array([span.score for span in spans], np.float64) / temperature
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def overlap_f1(
    spans: Sequence[Span],
    token_counts: Callable[[int], ArrayLike] | None = None,
    *,
    truths: Sequence[Span] | None = None,
) -> NDArray[np.float64]:
    """Give the F1 of each candidate, taken as prediction, against each candidate, taken as truth.

    Two spans of one passage share exactly their intersection, which is what CMRC's F1 counts (a contiguous
    run) unless the same words stand elsewhere too; spans of different passages are taken to share nothing.

    Args:
        spans: the candidates.
        token_counts: for a passage's index, how many tokens stand before each offset, `(length + 1,)`: then
            dropped punctuation counts nothing and a Latin word one. By default each character is a token.
        truths: what the truth may be, in the place of the candidates themselves.

    Returns:
        `(len(spans), len(truths))`, in [0, 1]; symmetric where the truths are the candidates.

    >>> overlap_f1([Span(0, 4, 0.0), Span(2, 4, 0.0)]).round(3)
    array([[1.   , 0.667],
           [0.667, 1.   ]])
    """
    start, end, passage = _places(spans, token_counts)
    if truths is None:
        true_start, true_end, true_passage = start, end, passage
    else:
        true_start, true_end, true_passage = _places(truths, token_counts)
    found = overlap(start[:, None], end[:, None], true_start, true_end)
    found[passage[:, None] != true_passage] = 0
    return found


def _places(spans: Sequence[Span], token_counts: Callable[[int], ArrayLike] | None) -> NDArray[np.int64]:
    """Give starts, ends and passages `(3, len(spans))`, offsets counted in tokens."""
    places = np.array([(span.start, span.end, span.passage) for span in spans], np.int64).reshape(-1, 3).T
    if token_counts is not None:
        for one in np.unique(places[2]):
            here, counts = places[2] == one, np.asarray(token_counts(int(one)))
            places[:2, here] = counts[places[:2, here]]
    return places


def expected_score_choice(
    spans: Sequence[Span],
    probabilities: ArrayLike,
    *,
    texts: Sequence[str] | None = None,
    score: Callable[[str, str], float] | None = None,
    exact_share: float = 0.0,
    token_counts: Callable[[int], ArrayLike] | None = None,
) -> int:
    """Choose the candidate with the highest expected score: the minimum Bayes risk (MBR) choice.

    The truth is taken to be one of the candidates, with the given probabilities; each candidate is scored
    against each. With F1 as the score, several neighbouring spans that disagree about a boundary support each
    other, where the single most probable span may stand alone.

    Args:
        spans: the top few dozen candidates.
        probabilities: that each is the truth, `(len(spans),)`, any non-negative weights.
        texts: the candidates' texts, wanted by `score`.
        score: the metric between a prediction and a truth, such as
            `lambda p, r: metrics.get("cmrc").score(p, [r]).f1`; by default the F1 of `overlap_f1`.
        exact_share: how much of the score is exact match (the same span), the rest being F1; 0.5 suits a
            benchmark that reports both.
        token_counts: see `overlap_f1`.

    Returns:
        The index of the chosen candidate; the earliest among equals.

    Raises:
        ValueError: if there is no candidate, or the arguments do not fit together.

    >>> spans = [Span(0, 2, 0.4), Span(5, 9, 0.3), Span(5, 8, 0.3)]
    >>> expected_score_choice(spans, [0.4, 0.3, 0.3])
    1
    """
    weights = np.asarray(probabilities, np.float64)
    if not len(spans) or weights.shape != (len(spans),):
        raise ValueError(
            f"one probability per candidate is needed and at least one candidate, but there are {len(spans)} "
            f"candidates and probabilities of the shape {weights.shape}"
        )
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("probabilities must be finite and not negative")
    if not 0 <= exact_share <= 1:
        raise ValueError(f"exact_share must lie between 0 and 1, not {exact_share}")
    if score is None:
        gain = overlap_f1(spans, token_counts)
    elif texts is None or len(texts) != len(spans):
        raise ValueError("score compares texts: pass texts, one for each candidate")
    else:
        gain = _score_matrix(texts, score)
    expected = (1 - exact_share) * (gain @ weights) + exact_share * (_same(spans, texts) @ weights)
    # Rounding must not decide among equals.
    return int(np.flatnonzero(expected >= expected.max() - 1e-12 * weights.sum())[0])


def _score_matrix(texts: Sequence[str], score: Callable[[str, str], float]) -> NDArray[np.float64]:
    different = list(dict.fromkeys(texts))
    index = np.array([different.index(text) for text in texts])
    matrix = np.array([[score(one, other) for other in different] for one in different], np.float64)
    return matrix[np.ix_(index, index)]


def _same(spans: Sequence[Span], texts: Sequence[str] | None) -> NDArray[np.float64]:
    if texts is not None:
        keys = np.unique(np.array(texts, dtype=object), return_inverse=True)[1]
        return (keys[:, None] == keys).astype(np.float64)
    place = np.array([(span.passage, span.start, span.end) for span in spans])
    return (place[:, None] == place).all(axis=2).astype(np.float64)
