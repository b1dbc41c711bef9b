"""The span search against brute force over every start and length."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.decoding import Span, best_spans


def brute_force(starts, ends, max_length, prior, may_start, may_end, depth):
    """Every allowed span, best first, the earlier and then the shorter first among equals."""
    found = []
    for first in range(len(starts)):
        for last in range(first, min(first + max_length, len(starts))):
            inside = depth[first : last + 1]
            if (
                not may_start[first]
                or not may_end[last]
                or inside[0] != inside[-1]
                or min(inside) < inside[0]
            ):
                continue
            score = starts[first] + ends[last] + prior[last - first]
            if score > -np.inf:
                found.append((-score, first, last + 1))
    return [(start, end, -score) for score, start, end in sorted(found)]


@st.composite
def passages(draw):
    length = draw(st.integers(1, 13))
    # small whole numbers: ties abound and sums are exact
    score = st.one_of(st.integers(-3, 3).map(float), st.just(-np.inf))

    def row(kind, size=length):
        return draw(st.lists(kind, min_size=size, max_size=size))

    max_length = draw(st.integers(1, 17))
    return {
        "start_scores": row(score),
        "end_scores": row(score),
        "max_length": max_length,
        "length_prior": row(score, max_length),
        "may_start": row(st.booleans()),
        "may_end": row(st.booleans()),
        "depth": row(st.integers(0, 2)),
    }


@settings(deadline=None)
@given(passages(), st.integers(1, 30), st.sampled_from([np.float32, np.float64]))
def test_search_equals_brute_force(passage, k, dtype):
    expected = brute_force(*passage.values())[:k]
    passage["start_scores"] = np.array(passage["start_scores"], dtype)
    passage["end_scores"] = np.array(passage["end_scores"], dtype)
    found = best_spans(**passage, k=k)
    assert [(span.start, span.end, span.score) for span in found] == expected


@settings(deadline=None, max_examples=50)
@given(passages(), st.integers(1, 5))
def test_blocks_change_nothing(passage, k):
    whole = best_spans(**passage, k=k)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(best_spans.__globals__, "_CELLS", 2 * passage["max_length"])
        assert best_spans(**passage, k=k) == whole


def test_constraints_are_optional():
    found = best_spans([0.0, 1.0, 0.0], [0.0, 0.0, 2.0], max_length=9, passage=4)
    assert found == [Span(1, 3, 3.0, 4)]
    assert found[0].length == 2


def test_the_band_holds():
    # the best pair (0, 4) is 5 long
    starts, ends = [5.0, 0, 0, 3.0, 0], [0, 1.0, 0, 0, 5.0]
    assert best_spans(starts, ends, max_length=5)[0] == Span(0, 5, 10.0)
    assert best_spans(starts, ends, max_length=4)[0] == Span(3, 5, 8.0)


def test_the_prior_decides():
    # flat scores: the longest allowed by the prior wins
    assert best_spans([0.0] * 5, [0.0] * 5, max_length=3, length_prior=[0.0, 0.5, 0.25])[0] == Span(0, 2, 0.5)


def test_brackets_are_kept_in_pairs():
    # 读《甲》《乙》: with nesting depth the inside of the first pair is as deep as that of the second
    depth = [0, 0, 1, 0, 0, 1, 0]
    spans = best_spans([0.0] * 7, [0.0] * 7, max_length=7, k=99, depth=depth)
    inside = [(span.start, span.end) for span in spans if depth[span.start] == 1]
    assert inside == [(2, 3), (5, 6)]
    assert (1, 4) in {(span.start, span.end) for span in spans}


def test_nothing_allowed_and_nothing_there():
    assert best_spans([], [], max_length=3) == []
    assert best_spans([0.0], [0.0], max_length=3, may_start=[False]) == []
    assert best_spans([-np.inf], [0.0], max_length=3, k=5) == []


def test_a_long_passage_is_searched_in_blocks():
    rng = np.random.default_rng(1)
    starts, ends = rng.normal(size=(2, 10_007)).astype(np.float32)
    found = best_spans(starts, ends, max_length=31, k=3)
    reach = np.stack([np.r_[ends[j:], np.full(j, -np.inf)] for j in range(31)], 1)
    cells = (starts[:, None] + reach).ravel()
    order = np.argsort(-cells)[:3]
    assert [(span.start, span.length) for span in found] == [(c // 31, c % 31 + 1) for c in order]


def test_half_precision_is_searched_in_single():
    assert best_spans(np.float16([0, 1]), np.float16([0, 1]), max_length=2)[0].score == 2.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 0}, "k must be at least 1, not 0"),
        ({"max_length": 0}, "max_length must be at least 1, not 0"),
        ({"start_scores": [[0.0]]}, r"start_scores must have the shape \(length,\), not \(1, 1\)"),
        ({"end_scores": [0.0]}, r"end_scores must have the shape \(2,\), not \(1,\)"),
        ({"length_prior": [0.0]}, r"length_prior must have the shape \(3,\), not \(1,\)"),
        ({"start_scores": [0.0, np.nan]}, r"start_scores must be numbers or -inf, but some are NaN or \+inf"),
        ({"end_scores": [0.0, np.inf]}, r"end_scores must be numbers or -inf"),
        ({"may_start": [1, 0]}, r"may_start must be boolean of the shape \(2,\), not int64"),
        ({"may_end": [True]}, r"may_end must be boolean of the shape \(2,\)"),
        ({"depth": [0.5, 0.5]}, r"depth must be integers of the shape \(2,\)"),
    ],
)
def test_wrong_input_is_named(change, message):
    right = {"start_scores": [0.0, 0.0], "end_scores": [0.0, 0.0], "max_length": 3}
    with pytest.raises(ValueError, match=message):
        best_spans(**(right | change))
