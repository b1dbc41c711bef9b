"""The spans that a passage puts to the vote, against brute force."""

import itertools

import numpy as np
import pytest

from maskplay.decoding import LengthPrior, Span
from maskplay.reading.candidates import COUNT, EXACT_SHARE, PRIOR_SHARE, VOTES, candidates, weighed
from maskplay.reading.span_scores import SpanScores
from maskplay.text import boundaries

PRIOR = LengthPrior.fit([1, 2, 2, 5], max_length=5)


def scored(length: int, gate: float = 0.8) -> SpanScores:
    rng = np.random.default_rng(length)
    start, end = rng.normal(0, 2, (2, length))
    return SpanScores(start - np.logaddexp.reduce(start), end - np.logaddexp.reduce(end), gate)


def brute_force(scores: SpanScores, text: str) -> dict[tuple[int, int], float]:
    """Gate times the expected mean of exact match and F1, the truth drawn from the best spans."""
    allowed = boundaries(text)
    raw = {}
    for first, last in itertools.product(range(len(text)), repeat=2):
        length = last - first + 1
        if 1 <= length <= PRIOR.max_length and allowed.may_start[first] and allowed.may_end[last]:
            prior = PRIOR_SHARE * PRIOR.log_probabilities[length - 1]
            raw[first, last + 1] = scores.start[first] + scores.end[last] + prior
    best = sorted(raw, key=lambda span: -raw[span])[:COUNT]
    total = sum(np.exp(raw[span]) for span in best)
    expected = {}
    for mine in best:
        gain = 0.0
        for truth in best:
            shared = max(0, min(mine[1], truth[1]) - max(mine[0], truth[0]))
            f1 = 2 * shared / (mine[1] - mine[0] + truth[1] - truth[0])
            exact = mine == truth
            gain += np.exp(raw[truth]) / total * (EXACT_SHARE * exact + (1 - EXACT_SHARE) * f1)
        expected[mine] = scores.gate * gain
    return expected


def test_expected_scores_equal_brute_force():
    text = "高382米，山水ab风雨花鸟"
    scores = scored(len(text))
    found = candidates(scores, boundaries(text), PRIOR, passage=3)
    expected = brute_force(scores, text)
    assert not {(1, 2), (2, 4)} & expected.keys()  # no number is cut
    expected = dict(sorted(expected.items(), key=lambda one: -one[1])[:VOTES])
    assert {(span.start, span.end): span.score for span in found} == pytest.approx(expected)
    assert [span.score for span in found] == sorted((span.score for span in found), reverse=True)
    assert {span.passage for span in found} == {3}
    assert len(found) == VOTES


def test_the_gate_multiplies():
    text = "山水火木金土"
    half, full = (
        candidates(scored(len(text), gate), boundaries(text), PRIOR, passage=0) for gate in (0.25, 0.5)
    )
    assert [2 * span.score for span in half] == pytest.approx([span.score for span in full])


def test_agreement_beats_the_single_most_probable_span():
    spans = [Span(0, 2, np.log(0.36)), Span(5, 9, np.log(0.34)), Span(5, 8, np.log(0.30))]
    assert (weighed(spans, gate=1.0)[0].start, weighed(spans, gate=1.0)[0].end) == (5, 9)


def test_a_sure_span_scores_the_gate_and_never_more_than_one():
    (only,) = weighed([Span(1, 3, -2.0)], gate=1.0)
    assert only == Span(1, 3, 1.0)


def test_nothing_comes_of_nothing():
    assert weighed([], gate=0.5) == []
    empty = SpanScores(np.zeros(0), np.zeros(0), 0.5)
    assert candidates(empty, boundaries(""), PRIOR, passage=0) == []
