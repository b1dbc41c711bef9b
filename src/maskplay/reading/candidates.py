"""From the scores of one passage to the spans that it puts to the vote."""

from dataclasses import replace

import numpy as np

from maskplay.decoding import LengthPrior, Span, best_spans, overlap_f1, span_probabilities
from maskplay.reading.span_scores import SpanScores
from maskplay.text import Boundaries

COUNT = 20  # beyond, probabilities are too small to change a vote or an expectation
VOTES = 5  # spans of a passage that a vote hears; normalising more would cost a tenth of the time
PRIOR_SHARE = 0.25  # how much of the length prior counts: the network has learned most of it itself
EXACT_SHARE = 0.5  # of the expected score that is exact match, the rest is F1: benchmarks report both


def candidates(
    scores: SpanScores, boundaries: Boundaries, prior: LengthPrior, passage: int, longest: int | None = None
) -> list[Span]:
    """Find the spans of a passage that a vote should hear, each with its expected score.

    The score of a span is the gate times the mean of exact match and F1 that it would reach if the truth were drawn
    from the passage's own distribution over spans (minimum Bayes risk): spans that agree but for a boundary support
    each other, and scores of different passages can be compared.

    Args:
        scores: of the passage.
        boundaries: where spans of its text may start and end.
        prior: of answer lengths.
        passage: its index.
        longest: characters that an answer may have; the truth may have more, so that a limit never raises a score.

    Returns:
        At most five spans, the best first; none for an empty passage.
    """

    def search(most: int) -> list[Span]:
        return best_spans(
            scores.start,
            scores.end,
            max_length=most,
            k=COUNT,
            length_prior=PRIOR_SHARE * prior.log_probabilities[:most],
            may_start=boundaries.may_start,
            may_end=boundaries.may_end,
            depth=boundaries.depth,
            passage=passage,
        )

    spans = search(prior.max_length)
    if longest is None or longest >= prior.max_length:
        return weighed(spans, scores.gate)
    return weighed(search(longest), scores.gate, spans)


def weighed(spans: list[Span], gate: float, truths: list[Span] | None = None) -> list[Span]:
    """Replace the log-probabilities of one passage's best spans by expected scores.

    Args:
        spans: at most `COUNT`.
        gate: probability that the passage answers.
        truths: what the truth may be; the spans themselves by default.

    Returns:
        The best five of them, with scores in [0, 1], the best first.
    """
    if not spans:
        return []
    truths = truths or spans
    probabilities = span_probabilities(truths)
    overlap = overlap_f1(spans, truths=truths)
    exact = overlap == 1.0  # no span of one passage overlaps another wholly but itself
    expected = (EXACT_SHARE * exact + (1 - EXACT_SHARE) * overlap) @ probabilities
    order = np.argsort(-expected, kind="stable")
    scores = np.minimum(1.0, gate * expected)
    return [replace(spans[i], score=float(scores[i])) for i in order[:VOTES]]
