"""BLEU by hand-computed cases."""

from math import exp

import pytest

from maskplay.metrics import bleu

PAPER = [
    "It is a guide to action that ensures that the military will forever heed Party commands",
    "It is the guiding principle which guarantees the military forces always being under the command of the Party",
    "It is the practical guide for the army always to heed the directions of the party",
]


def test_the_examples_of_the_paper():
    first = "It is a guide to action which ensures that the military always obeys the commands of the party"
    second = "It is to insure the troops forever hearing the activity guidebook that party direct"
    assert bleu([first], [PAPER], order=1) == pytest.approx(17 / 18)  # the closest reference has 18 words
    # 8 of 14, and 14 words are closest to 16: exp(1 - 16 / 14)
    assert bleu([second], [PAPER], order=1) == pytest.approx(8 / 14 * exp(1 - 16 / 14))
    assert bleu([first], [PAPER], order=2) == pytest.approx((17 / 18 * 10 / 17) ** 0.5)
    assert bleu(["the the the the the the the"], [["the cat is on the mat"]], order=1) == pytest.approx(2 / 7)


def test_by_hand():
    # 春眠不知曉 against 春眠不覺曉: 4 of 5; 春眠 眠不 of 4; 春眠不 of 3; no run of four
    assert bleu(["春眠不知曉"], [["春眠不覺曉"]], order=3) == pytest.approx(
        (4 / 5 * 2 / 4 * 1 / 3) ** (1 / 3)
    )
    assert bleu(["春眠不知曉"], [["春眠不覺曉"]]) == 0.0


def test_texts_count_together():
    # 2 + 1 of 3 + 1 tokens; pairs 1 of 2 of the first, the second has none; 4 tokens against 5
    found = bleu(["a b x", "c"], [["a b y"], ["c d"]], order=2)
    assert found == pytest.approx((3 / 4 * 1 / 2) ** 0.5 * exp(1 - 5 / 4))


def test_of_two_equally_near_lengths_the_shorter_counts():
    assert bleu(["a b c"], [["a b c d", "a b"]], order=1) == 1.0


def test_short_texts_have_no_long_runs():
    assert bleu(["春曉"], [["春曉"]]) == 1.0
    assert bleu([""], [["a"]]) == 0.0
    assert bleu([], []) == 0.0


def test_wrong_references_are_refused():
    with pytest.raises(ValueError, match="for each of the 1 predictions"):
        bleu(["a"], [])
    with pytest.raises(ValueError, match="a list of at least one text"):
        bleu(["a"], ["a"])  # type: ignore[list-item]
