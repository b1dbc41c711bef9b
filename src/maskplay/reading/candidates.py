"""From the scores of passages to the spans that each puts to the vote."""

from collections.abc import Sequence

import numpy as np

from maskplay.decoding import LengthPrior, Span, SpanTable
from maskplay.reading.span_scores import SpanScores
from maskplay.text import Boundaries

COUNT = 20  # beyond, probabilities are too small to change a vote or an expectation
VOTES = 6  # spans of a passage that a vote hears: with fewer, a passage that says the answer in more words is not heard
PRIOR_SHARE = 0.25  # how much of the length prior counts: the network has learned most of it itself
EXACT_SHARE = 0.5  # of the expected score that is exact match, the rest is F1: benchmarks report both


def candidates(
    scores: SpanScores, boundaries: Sequence[Boundaries], prior: LengthPrior, longest: int | None = None
) -> list[list[Span]]:
    """Find the spans of each passage that a vote should hear, with their expected scores.

    The score of a span is the gate times the mean of exact match and F1 that it would reach if the truth were drawn
    from the passage's own distribution over spans (minimum Bayes risk): spans that agree but for a boundary support
    each other, and scores of different passages can be compared.

    Args:
        scores: of the passages.
        boundaries: where spans of each text may start and end.
        prior: of answer lengths.
        longest: characters that an answer may have; the truth may have more, so that a limit never raises a score.

    Returns:
        For each passage at most six spans, the best first; none for an empty passage.
    """
    starts, ends, depth = _allowed(scores, boundaries)

    def search(most: int) -> SpanTable:
        bias = PRIOR_SHARE * prior.log_probabilities[:most]
        return SpanTable.search(starts, ends, max_length=most, k=COUNT, length_prior=bias, depth=depth)

    spans = search(prior.max_length)
    if longest is None or longest >= prior.max_length:
        return weighed(spans, scores.gate)
    return weighed(search(longest), scores.gate, spans)


def weighed(spans: SpanTable, gate: np.ndarray, truths: SpanTable | None = None) -> list[list[Span]]:
    """Replace the log-probabilities of passages' best spans by expected scores.

    Args:
        spans: the best of each passage.
        gate: probability that the passage answers, `(passages,)`.
        truths: what the truth may be; the spans themselves by default.

    Returns:
        The best six of each, with scores in [0, 1], the best first.
    """
    truths = truths or spans
    overlap = spans.overlap(truths)
    exact = overlap == 1.0  # no span of one passage overlaps another wholly but itself
    gain = EXACT_SHARE * exact + (1 - EXACT_SHARE) * overlap
    expected = (gain @ truths.probabilities()[:, :, None])[:, :, 0]
    expected[spans.score == -np.inf] = -np.inf
    order = np.argsort(-expected, axis=1, kind="stable")[:, :VOTES]
    expected = np.take_along_axis(expected, order, axis=1)
    score = np.where(expected > -np.inf, np.minimum(1.0, gate[:, None] * np.maximum(expected, 0.0)), -np.inf)
    place = (np.take_along_axis(x, order, axis=1).tolist() for x in (spans.start, spans.end))
    return [
        [Span(*one) for one in zip(*row, strict=True) if one[2] > -np.inf]
        for row in zip(*place, score.tolist(), strict=True)
    ]


def _allowed(
    scores: SpanScores, boundaries: Sequence[Boundaries]
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Give the scores with -inf where a span may not start or end, and the depth of brackets if there are any."""
    may_start, may_end = np.zeros((2, *scores.start.shape), bool)
    depth = np.zeros(scores.start.shape, np.int32)
    for row, one in enumerate(boundaries):
        length = len(one.depth)
        may_start[row, :length], may_end[row, :length], depth[row, :length] = (
            one.may_start,
            one.may_end,
            one.depth,
        )
    starts, ends = np.where(may_start, scores.start, -np.inf), np.where(may_end, scores.end, -np.inf)
    return starts, ends, depth if depth.any() else None
