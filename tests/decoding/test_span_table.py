"""The search in many passages at once, against the search in each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.decoding import Span, SpanTable, best_spans, overlap_f1, span_probabilities, span_table


@st.composite
def batches(draw):
    rows, length, max_length = draw(st.integers(1, 4)), draw(st.integers(0, 12)), draw(st.integers(1, 14))
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    ties = draw(st.booleans())

    def scores(*shape):
        made = rng.integers(-3, 3, shape) / 1.0 if ties else rng.normal(0, 3, shape)
        return np.where(rng.random(shape) < 0.2, -np.inf, made)

    return {
        "start_scores": scores(rows, length),
        "end_scores": scores(rows, length),
        "max_length": max_length,
        "length_prior": draw(st.sampled_from([None, scores(max_length)])),
        "depth": draw(st.sampled_from([None, rng.integers(0, 3, (rows, length))])),
    }


def one_by_one(start_scores, end_scores, max_length, length_prior, depth, k):
    return [
        best_spans(
            start_scores[row],
            end_scores[row],
            max_length=max_length,
            length_prior=length_prior,
            depth=None if depth is None else depth[row],
            k=k,
        )
        for row in range(len(start_scores))
    ]


def rows_of(table):
    rows = zip(table.start.tolist(), table.end.tolist(), table.score.tolist(), strict=True)
    return [[Span(*one) for one in zip(*row, strict=True) if one[2] > -np.inf] for row in rows]


@settings(deadline=None)
@given(batches(), st.integers(1, 9), st.integers(1, 6))
def test_search_equals_the_search_in_each(batch, k, starts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(span_table, "_STARTS", starts)
        found = SpanTable.search(**batch, k=k)
    assert rows_of(found) == one_by_one(**batch, k=k)


def test_peaked_scores_are_settled_together(monkeypatch):
    rng = np.random.default_rng(0)
    batch = {
        "start_scores": rng.normal(0, 5, (16, 300)),
        "end_scores": rng.normal(0, 5, (16, 300)),
        "max_length": 40,
        "length_prior": None,
        "depth": np.repeat([0, 1, 0, 2, 0, 3], 50)[None].repeat(16, axis=0),
    }
    expected = one_by_one(**batch, k=20)
    alone = []
    monkeypatch.setattr(span_table, "best_spans", lambda *a, **k: alone.append(1) or best_spans(*a, **k))
    assert rows_of(SpanTable.search(**batch, k=20)) == expected
    assert len(alone) < 4  # or nothing is gained


def test_distribution_and_overlap_are_those_of_spans():
    scores = np.random.default_rng(1).normal(size=(2, 3, 9))
    table = SpanTable.search(*scores, max_length=4, k=5)
    for row, spans in enumerate(rows_of(table)):
        np.testing.assert_allclose(table.probabilities()[row], span_probabilities(spans))
        np.testing.assert_allclose(table.overlap(table)[row], overlap_f1(spans))


def test_nothing_there():
    table = SpanTable.search(np.full((2, 3), -np.inf), np.zeros((2, 3)), max_length=2, k=2)
    assert rows_of(table) == [[], []]
    assert table.probabilities().tolist() == [[0, 0], [0, 0]]
    assert SpanTable.search(np.zeros((0, 3)), np.zeros((0, 3)), max_length=2, k=2).score.shape == (0, 2)


def test_scores_that_are_no_numbers_are_named():
    broken = np.array([[0.0, 1.0], [np.nan, 0.0]])
    with pytest.raises(ValueError, match="start_scores must be numbers or -inf"):
        SpanTable.search(broken, np.zeros((2, 2)), max_length=2, k=1)
