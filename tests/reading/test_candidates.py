"""The spans that a passage puts to the vote, against brute force."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from maskplay.decoding import LengthPrior, Span, SpanTable
from maskplay.reading.candidates import COUNT, EXACT_SHARE, PRIOR_SHARE, VOTES, candidates, weighed
from maskplay.reading.span_scores import SpanScores
from maskplay.text import boundaries

PRIOR = LengthPrior.fit([1, 2, 2, 5], max_length=5)


def scored(length: int, gate: float = 0.8, seed: int = 0) -> SpanScores:
    """Scores of one passage."""
    start, end = np.random.default_rng((length, seed)).normal(0, 2, (2, 1, length))
    return SpanScores(
        start - np.logaddexp.reduce(start, axis=1), end - np.logaddexp.reduce(end, axis=1), np.array([gate])
    )


def together(passages: list[SpanScores]) -> SpanScores:
    """Scores of several passages, the shorter filled up."""
    longest = max(one.start.shape[1] for one in passages)

    def filled(x: np.ndarray) -> np.ndarray:
        return np.pad(x, ((0, 0), (0, longest - x.shape[1])), constant_values=-np.inf)

    return SpanScores(
        np.concatenate([filled(one.start) for one in passages]),
        np.concatenate([filled(one.end) for one in passages]),
        np.concatenate([one.gate for one in passages]),
    )


def table(spans: list[tuple[int, int, float]]) -> SpanTable:
    start, end, score = (np.array([column]) for column in zip(*spans, strict=True))
    return SpanTable(start, end, score)


def brute_force(scores: SpanScores, text: str) -> dict[tuple[int, int], float]:
    """Gate times the expected mean of exact match and F1, the truth drawn from the best spans."""
    allowed = boundaries(text)
    raw = {}
    for first, last in itertools.product(range(len(text)), repeat=2):
        length = last - first + 1
        if 1 <= length <= PRIOR.max_length and allowed.may_start[first] and allowed.may_end[last]:
            prior = PRIOR_SHARE * PRIOR.log_probabilities[length - 1]
            raw[first, last + 1] = scores.start[0, first] + scores.end[0, last] + prior
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
        expected[mine] = scores.gate[0] * gain
    return expected


def test_expected_scores_equal_brute_force():
    text = "高382米，山水ab风雨花鸟"
    scores = scored(len(text))
    (found,) = candidates(scores, [boundaries(text)], PRIOR)
    expected = brute_force(scores, text)
    assert not {(1, 2), (2, 4)} & expected.keys()  # no number is cut
    expected = dict(sorted(expected.items(), key=lambda one: -one[1])[:VOTES])
    assert {(span.start, span.end): span.score for span in found} == pytest.approx(expected)
    assert [span.score for span in found] == sorted((span.score for span in found), reverse=True)
    assert len(found) == VOTES


@pytest.mark.parametrize("longest", [None, 3])
def test_passages_together_are_each_as_alone(longest):
    texts = ["高382米，山水ab风雨花鸟", "一", "山《水》火木金土" * 20, "《山水》"]
    scores = [scored(len(text), 0.1 + i / 5, seed=i) for i, text in enumerate(texts)]
    alone = [
        candidates(one, [boundaries(text)], PRIOR, longest)[0]
        for one, text in zip(scores, texts, strict=True)
    ]
    found = candidates(together(scores), [boundaries(text) for text in texts], PRIOR, longest)
    for one, other in zip(found, alone, strict=True):
        assert [(span.start, span.end) for span in one] == [(span.start, span.end) for span in other]
        assert [span.score for span in one] == pytest.approx([span.score for span in other], rel=1e-12)
    assert all(found)
    assert longest is None or max(span.length for spans in found for span in spans) <= longest


def test_the_gate_multiplies():
    text = "山水火木金土"
    (half,), (full,) = (
        candidates(scored(len(text), gate), [boundaries(text)], PRIOR) for gate in (0.25, 0.5)
    )
    assert [2 * span.score for span in half] == pytest.approx([span.score for span in full])


def test_agreement_beats_the_single_most_probable_span():
    spans = table([(0, 2, np.log(0.36)), (5, 9, np.log(0.34)), (5, 8, np.log(0.30))])
    (found,) = weighed(spans, np.ones(1))
    assert (found[0].start, found[0].end) == (5, 9)


def test_a_sure_span_scores_the_gate_and_never_more_than_one():
    assert weighed(table([(1, 3, -2.0)]), np.ones(1)) == [[Span(1, 3, 1.0)]]


@pytest.mark.parametrize("gate", [0.0, 0.5])
def test_nothing_comes_of_nothing(gate):
    nothing = table([(0, 0, -np.inf), (0, 0, -np.inf)])
    assert weighed(nothing, np.array([gate])) == [[]]
    empty = SpanScores(np.zeros((1, 0)), np.zeros((1, 0)), np.array([gate]))
    assert candidates(empty, [boundaries("")], PRIOR) == [[]]
    mark = SpanScores(np.zeros((1, 1)), np.zeros((1, 1)), np.array([gate]))
    nowhere = replace(boundaries("。"), may_start=np.array([False]))
    assert candidates(mark, [nowhere], PRIOR) == [[]]
