"""SQuAD 1.1 and 2.0, computed by hand."""

import pytest

from maskplay.metrics import Score, squad, squad2


@pytest.mark.parametrize(
    ("prediction", "reference"),
    [
        ("Denver Broncos", "denver broncos"),
        ("Denver-Broncos!", "denverbroncos"),
        ("the Denver Broncos", "Denver a Broncos"),
        ("  Denver \n Broncos ", "Denver Broncos"),
        # punctuation goes before articles: "a.n" becomes "an", which goes too
        ("a.n x", "x"),
    ],
)
def test_normalised_equal(prediction, reference):
    assert squad.score(prediction, [reference]) == Score(1.0, 1.0)


def test_articles_are_whole_words_and_full_width_marks_stay():
    assert squad.score("theatre", ["atre"]).em == 0
    assert squad.score("北京。", ["北京"]).em == 0


def test_f1_is_over_a_bag_of_words():
    # b b c against b c d: b 1, c 1; P 2/3, R 2/3
    assert squad.score("b b c", ["d c b"]).f1 == pytest.approx(2 / 3)


def test_em_and_f1_take_the_best_reference_each():
    # against "x y": EM 0, P 1, R 1/2 -> 2/3; against "x": 1
    assert squad.score("x", ["x y", "x"]) == Score(1.0, 1.0)
    assert squad.score("x", ["x y z", "x y"]).f1 == pytest.approx(2 / 3)


def test_no_reference_wants_silence():
    for metric in (squad, squad2):
        assert metric.score("", []) == Score(1.0, 1.0)
        assert metric.score("Paris", []) == Score(0.0, 0.0)
        assert metric.score("", ["Paris"]) == Score(0.0, 0.0)


def test_what_normalises_to_nothing():
    # 1.1 compares it: equal, without a word in common
    assert squad.score("a", ["the"]) == Score(1.0, 0.0)
    # 2.0 leaves such references out, and takes such a prediction for silence
    assert squad2.score("a", ["the"]) == Score(1.0, 1.0)
    assert squad2.score("Paris", ["the"]) == Score(0.0, 0.0)
    assert squad2.score("Paris", ["the", "Paris"]) == Score(1.0, 1.0)
    assert squad2.score("the", ["the", "Paris"]) == Score(0.0, 0.0)
    assert squad.score("the", []) == Score(0.0, 0.0)
