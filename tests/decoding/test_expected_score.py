"""The expected-score choice against the definition, and the F1 of offsets against the metric itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.decoding import Span, expected_score_choice, overlap_f1, span_probabilities
from maskplay.metrics import get

# each character once, so that equal text means equal place
TEXT = "甲乙丙丁戊己庚辛壬癸子丑寅"


def cmrc_f1(prediction, reference):
    return get("cmrc").score(prediction, [reference]).f1


@st.composite
def candidates(draw):
    pairs = st.tuples(st.integers(0, 12), st.integers(1, 13)).filter(lambda pair: pair[0] < pair[1])
    found = draw(st.lists(pairs, min_size=1, max_size=7, unique=True))
    weights = draw(st.lists(st.integers(0, 5), min_size=len(found), max_size=len(found)))
    return [Span(start, end, 0.0) for start, end in found], [float(weight) for weight in weights]


@settings(deadline=None)
@given(candidates(), st.sampled_from([0.0, 0.5, 1.0]))
def test_choice_maximises_the_definition(drawn, exact_share):
    spans, weights = drawn
    texts = [TEXT[span.start : span.end] for span in spans]
    expected = [
        sum(
            weight * (exact_share * (one == other) + (1 - exact_share) * cmrc_f1(one, other))
            for other, weight in zip(texts, weights, strict=True)
        )
        for one in texts
    ]
    by_offset = expected_score_choice(spans, weights, exact_share=exact_share)
    by_text = expected_score_choice(spans, weights, texts=texts, score=cmrc_f1, exact_share=exact_share)
    assert expected[by_offset] == pytest.approx(max(expected))
    assert by_text == by_offset


def test_neighbours_support_each_other():
    # alone 0.4; but 丙丁 gains 0.3 + 0.3 * 0.8 (against 乙丙丁: P 1, R 2/3), more than 0.4
    spans = [Span(7, 9, 0.0), Span(2, 4, 0.0), Span(1, 4, 0.0)]
    assert expected_score_choice(spans, [0.4, 0.3, 0.3]) == 1
    # exact match alone takes the most probable
    assert expected_score_choice(spans, [0.4, 0.3, 0.3], exact_share=1) == 0


def test_overlap_by_hand():
    spans = [Span(0, 4, 0.0), Span(2, 5, 0.0), Span(2, 5, 0.0, passage=1), Span(9, 9, 0.0)]
    # share 2: 2*2/(4+3); another passage shares nothing; an empty span nothing, not even with itself
    expected = [[1, 4 / 7, 0, 0], [4 / 7, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(overlap_f1(spans), expected)


def test_overlap_in_tokens():
    # "ω-force公司": force is one token with ω, the hyphen none; counts before each offset
    counts = {3: np.array([0, 0, 0, 0, 0, 0, 0, 1, 2, 3])}
    # all (3 tokens) against 公司 (2): 2*2/5
    found = overlap_f1([Span(0, 9, 0.0, 3), Span(7, 9, 0.0, 3)], counts.__getitem__)
    assert found[0, 1] == pytest.approx(0.8)


def test_equal_texts_of_different_passages_are_the_same_answer():
    spans = [Span(0, 2, 0.0, 0), Span(4, 6, 0.0, 1), Span(7, 9, 0.0, 1)]
    texts = ["甲乙", "丙丁", "丙丁"]
    assert expected_score_choice(spans, [0.4, 0.3, 0.3], texts=texts, score=cmrc_f1, exact_share=0.5) == 1


def test_probabilities_of_spans():
    spans = [Span(0, 1, np.log(3.0)), Span(0, 2, 0.0), Span(0, 3, -np.inf)]
    np.testing.assert_allclose(span_probabilities(spans), [0.75, 0.25, 0])
    # at temperature 1/2: 9 to 1
    np.testing.assert_allclose(span_probabilities(spans, temperature=0.5), [0.9, 0.1, 0])
    assert span_probabilities([Span(0, 1, 1e5), Span(0, 2, 1e5)]).tolist() == [0.5, 0.5]
    assert span_probabilities([]).shape == (0,)
    with pytest.raises(ValueError, match="temperature must be above 0, not 0"):
        span_probabilities(spans, temperature=0)


@pytest.mark.parametrize(
    ("spans", "weights", "more", "message"),
    [
        (0, [], {}, "at least one candidate"),
        (2, [1.0], {}, r"there are 2 candidates and probabilities of the shape \(1,\)"),
        (1, [-1.0], {}, "finite and not negative"),
        (1, [np.nan], {}, "finite and not negative"),
        (1, [1.0], {"exact_share": 2}, "exact_share must lie between 0 and 1, not 2"),
        (1, [1.0], {"score": cmrc_f1}, "score compares texts"),
        (1, [1.0], {"score": cmrc_f1, "texts": ["a", "b"]}, "score compares texts"),
    ],
)
def test_wrong_input_is_named(spans, weights, more, message):
    with pytest.raises(ValueError, match=message):
        expected_score_choice([Span(0, 1, 0.0)] * spans, weights, **more)
