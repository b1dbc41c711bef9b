"""The best spans of a passage: an exact search over all starts and lengths of a band."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from maskplay.decoding._span_cells import SpanCells
from maskplay.decoding.span import Span

_CELLS = 1 << 16  # cells scored at once: what stays in a core's cache


def best_spans(
    start_scores: ArrayLike,
    end_scores: ArrayLike,
    *,
    max_length: int,
    k: int = 1,
    length_prior: ArrayLike | None = None,
    may_start: ArrayLike | None = None,
    may_end: ArrayLike | None = None,
    depth: ArrayLike | None = None,
    passage: int = 0,
) -> list[Span]:
    """Find the spans with the highest scores.

    The score of a span is `start_scores[first] + end_scores[last] + length_prior[length - 1]`: with
    log-probabilities, the product of the three. The search is exact, over every start and every length up to
    `max_length`; time is O(length * max_length) at worst and O(length) where the scores are peaked, memory is
    O(length), and no Python loop runs over positions.

    Args:
        start_scores: log-probabilities or logits that a span begins with the character, `(length,)`; -inf
            forbids.
        end_scores: the same for the span's last character, `(length,)`.
        max_length: the longest span, in characters.
        k: how many spans to return at most.
        length_prior: log-prior of spans of 1 to `max_length` characters, `(max_length,)`.
        may_start: boolean `(length,)`, False where no span may begin; see `maskplay.text.boundaries`.
        may_end: boolean `(length,)`, False where no span may end (with this character as its last).
        depth: integers `(length,)`, which pair of brackets a character is in. First and last character of a
            span must have the same depth, and no character between them a smaller one: a span holds both
            brackets of a pair or neither, and does not leave a pair to enter the next.
        passage: the passage's index, put into the spans.

    Returns:
        At most `k` spans, best first; among equals the earlier, then the shorter. Fewer if fewer are allowed;
        none for an empty passage.

    Raises:
        ValueError: if shapes differ, `k` or `max_length` is below 1, or a score is NaN or +inf.

    >>> best_spans([0.0, 2.0, 1.0, 0.0], [0.0, 0.0, 1.5, 1.0], max_length=2, k=2)
    [Span(start=1, end=3, score=3.5, passage=0), Span(start=2, end=3, score=2.5, passage=0)]
    """
    for name, number in (("k", k), ("max_length", max_length)):
        if number < 1:
            raise ValueError(f"{name} must be at least 1, not {number}")
    starts = _scores("start_scores", start_scores, None)
    ends = _scores("end_scores", end_scores, len(starts))
    band = min(max_length, len(starts))
    if not band:
        return []
    dtype = np.result_type(starts, ends)
    prior = _scores(
        "length_prior", np.zeros(max_length, dtype) if length_prior is None else length_prior, max_length
    )
    starts = _forbid(starts, "may_start", may_start)
    ends = _forbid(ends, "may_end", may_end)
    groups = None if depth is None else _depth(depth, len(starts))
    found = _search(starts, ends, prior[:band].astype(dtype, copy=False), groups, k)
    return [Span(start, start + length, score, passage) for score, start, length in found]


def _search(
    starts: NDArray, ends: NDArray, prior: NDArray, depth: NDArray | None, k: int
) -> list[tuple[float, int, int]]:
    """Give (score, start, length) of the best spans, trying the starts first whose spans may have the highest scores.

    Where none of the rest can reach the k-th best span so far, the search is over. Scores of a trained model are so
    peaked that a few dozen starts suffice.
    """
    cells = SpanCells(starts, ends, prior, depth)
    reach = cells.reach()
    order = np.argsort(-reach, kind="stable")
    order = order[: np.count_nonzero(reach > -np.inf)]
    band = len(prior)
    best: list[tuple[float, int, int]] = []
    first, size = 0, max(32, k)
    while first < len(order) and not (len(best) == k and reach[order[first]] < best[-1][0]):
        chosen = np.sort(order[first : first + size])  # so that the earlier come first among equals
        scores = cells.of(chosen).ravel()
        for cell in _top(scores, k).tolist():
            row, length = divmod(cell, band)
            best.append((float(scores[cell]), int(chosen[row]), length + 1))
        best = sorted(best, key=lambda one: (-one[0], one[1], one[2]))[:k]
        first, size = first + size, min(2 * size, max(1, _CELLS // band))
    return [one for one in best if one[0] > -np.inf]


def _top(values: NDArray, k: int) -> NDArray:
    """Give the indices of the k largest values, best first, the earlier first among equals."""
    kept = np.arange(len(values))
    if len(values) > k:
        kept = np.flatnonzero(values >= np.partition(values, len(values) - k)[len(values) - k])
    return kept[np.argsort(-values[kept], kind="stable")[:k]]


def _scores(name: str, values: ArrayLike, length: int | None) -> NDArray:
    array = np.asarray(values)
    if array.dtype not in (np.float32, np.float64):
        small = array.dtype.kind == "f" or array.dtype.name == "bfloat16"
        array = array.astype(np.float32 if small else np.float64)
    if array.ndim != 1 or length not in (None, len(array)):
        wanted = "(length,)" if length is None else f"({length},)"
        raise ValueError(f"{name} must have the shape {wanted}, not {array.shape}")
    if not (array < np.inf).all():
        raise ValueError(
            f"{name} must be numbers or -inf, but some are NaN or +inf: look at the model's output"
        )
    return array


def _forbid(scores: NDArray, name: str, allowed: ArrayLike | None) -> NDArray:
    if allowed is None:
        return scores
    mask = np.asarray(allowed)
    if mask.dtype != np.bool_ or mask.shape != scores.shape:
        raise ValueError(
            f"{name} must be boolean of the shape {scores.shape}, not {mask.dtype} of {mask.shape}"
        )
    return np.where(mask, scores, scores.dtype.type(-np.inf))


def _depth(depth: ArrayLike, length: int) -> NDArray:
    groups = np.asarray(depth)
    if groups.dtype.kind not in "iu" or groups.shape != (length,):
        raise ValueError(
            f"depth must be integers of the shape ({length},), not {groups.dtype} of {groups.shape}"
        )
    return groups.astype(np.int32, copy=False)
