"""Votes over passages, computed by hand."""

import random

import pytest

from maskplay.decoding import Ranked, Span, margin, vote, vote_features

PASSAGES = ["白云山高382米", "主峰海拔３８２米", "高约400米，即400 米"]
A0, A1 = Span(4, 8, 0.6, 0), Span(4, 8, 0.5, 1)  # 382米, ３８２米
B, B_AGAIN = Span(2, 6, 0.7, 2), Span(8, 13, 0.4, 2)  # 400米, 400 米


def test_passages_add_up_and_a_passage_counts_once():
    first, second = vote([A0, A1, B, B_AGAIN], PASSAGES)
    # 382米: (0.36 + 0.25) / (1 + 1.1) = 0.61 / 2.1
    assert first.score == pytest.approx(0.61 / 2.1)
    assert (first.text, first.key, first.support) == ("382米", "382米", (A0, A1))
    # 400米: the maximum 0.7 of its passage alone: 0.49 / 1.7
    assert second.score == pytest.approx(0.49 / 1.7)
    assert (second.text, second.support) == ("400米", (B, B_AGAIN))


def test_a_clear_voice_beats_two_faint_ones():
    # 0.9: 0.81 / 1.9 = 0.426; 0.3 and 0.3: 0.18 / 1.6 = 0.1125
    ranking = vote([Span(4, 8, 0.3, 0), Span(4, 8, 0.3, 1), Span(2, 6, 0.9, 2)], PASSAGES)
    assert [answer.text for answer in ranking] == ["400米", "382米"]


def test_the_text_shown_is_that_of_the_best_span():
    ranking = vote([Span(4, 8, 0.2, 0), Span(4, 8, 0.9, 1)], PASSAGES)
    assert ranking[0].text == "３８２米"
    assert ranking[0].key == "382米"


def test_order_of_candidates_never_matters():
    spans = [A0, A1, B, B_AGAIN, Span(0, 3, 0.6, 0), Span(0, 2, 0.6, 1), Span(0, 2, 0.1, 2)]
    expected = vote(spans, PASSAGES)
    for seed in range(5):
        random.Random(seed).shuffle(spans)
        assert vote(spans, PASSAGES) == expected


def test_ties_go_to_the_earlier_passage_then_the_earlier_and_shorter_span():
    ranking = vote([Span(0, 2, 0.5, 1), Span(3, 4, 0.5, 0), Span(0, 3, 0.5, 0), Span(0, 2, 0.5, 0)], PASSAGES)
    assert [answer.text for answer in ranking] == ["白云", "白云山", "高", "主峰"]


def test_doubled_candidates_count_once():
    assert vote([A0, A0], PASSAGES) == vote([A0], PASSAGES)


def test_candidates_that_say_nothing_are_left_out():
    assert vote([Span(6, 7, 0.9, 2), Span(3, 3, 0.9, 0)], PASSAGES) == []  # a comma, an empty span
    assert vote([], PASSAGES) == []


def test_a_normaliser_of_ones_own():
    assert len(vote([A0, A1], PASSAGES, normalise=str)) == 2


def test_margin():
    ranking = vote([A0, A1, B], PASSAGES)
    assert margin(ranking) == pytest.approx(0.61 / 2.1 - 0.49 / 1.7)
    assert margin(ranking[:1]) == ranking[0].score
    assert margin([]) == 0


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), float("inf")])
def test_scores_must_be_probabilities(score):
    with pytest.raises(ValueError, match="a vote needs scores between 0 and 1"):
        vote([Span(0, 1, score, 0)], PASSAGES)


@pytest.mark.parametrize(
    "span", [Span(0, 1, 0.5, 3), Span(0, 99, 0.5, 0), Span(-1, 1, 0.5, 0), Span(0, 1, 0.5, -1)]
)
def test_spans_must_lie_in_their_passages(span):
    with pytest.raises(ValueError, match="lies outside of the 3 passages given"):
        vote([span], PASSAGES)


def test_features_of_a_vote():
    # best span 0.5 -> log-odds 0; the runner-up's best span 0.2; a passage of 3 characters
    import numpy as np

    texts = ["abc", "abcdef"]
    first = Ranked("a", 0.25, (Span(0, 1, 0.5, 0), Span(1, 2, 0.4, 0), Span(0, 1, 0.3, 1)), "a")
    second = Ranked("b", 0.125, (Span(0, 1, 0.2, 1),), "b")
    assert vote_features([first, second], texts) == pytest.approx([0.0, np.log(0.55 / 0.25), np.log(4)])
    for extreme in (
        [],
        [Ranked("a", 0.5, (Span(0, 1, 1.0),), "a")],
        [Ranked("a", 0.0, (Span(0, 1, 0.0),), "a")],
    ):
        assert np.isfinite(vote_features(extreme, texts)).all()
    assert (vote_features([], texts) <= vote_features([first, second], texts)).all()


def test_features_do_not_grow_with_copies_of_a_passage():
    texts = ["382米,400米"] * 5

    def features(copies):
        spans = [
            Span(*place, score, i) for i in range(copies) for place, score in (((0, 4), 0.9), ((5, 9), 0.3))
        ]
        return vote_features(vote(spans, texts), texts).tolist()

    assert features(1) == features(2) == features(5)


def test_a_faint_rival_is_little_more_than_none():
    text = ["382米,400米"]
    alone, faint, strong = (
        vote_features(vote([Span(0, 4, 0.9), Span(5, 9, rival)], text), text)[1]
        for rival in (0.0, 0.001, 0.8)
    )
    assert alone > faint > alone - 0.05
    assert strong < 0.2
