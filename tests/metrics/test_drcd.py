"""DRCD: SQuAD's rules over a bag of characters, computed by hand."""

import pytest

from maskplay.metrics import drcd


@pytest.mark.parametrize("mark", list("《》？，。、；：") + list("-,.!?;:'\"()%[]"))
def test_listed_and_ascii_punctuation_is_dropped(mark):
    assert drcd.score(f"梵{mark}語", ["梵語"]).em == 1


@pytest.mark.parametrize("mark", list("「」·！“”（）—"))
def test_other_full_width_punctuation_stays(mark):
    assert drcd.score(f"梵{mark}語", ["梵語"]).em == 0


def test_f1_is_over_a_bag_of_characters():
    # 語梵學 against 梵語語: 梵 1, 語 min(1, 2) = 1; P 2/3, R 2/3; order does not count
    assert drcd.score("語梵學", ["梵語語"]).f1 == pytest.approx(2 / 3)


def test_digits_count_one_by_one():
    # 1985 against 1986: 3 of 4; P 3/4, R 3/4
    assert drcd.score("1985", ["1986"]).f1 == pytest.approx(3 / 4)


def test_squad_steps_stay_and_an_inner_blank_is_a_character():
    # "The New  York" -> "new york": 8 characters; "york": 4 shared; P 4/8, R 4/4
    assert drcd.score("The New  York", ["york"]).f1 == pytest.approx(2 / 3)
    # the blank counts: "a b c" loses the article, leaving "b c" (3) against "bc" (2): P 2/3, R 1
    assert drcd.score("a b c", ["bc"]).f1 == pytest.approx(0.8)


def test_best_over_references_and_zero():
    assert drcd.score("歐洲", ["亞洲", "在歐洲"]).f1 == pytest.approx(0.8)  # P 1, R 2/3
    assert drcd.score("歐", ["亞"]).f1 == 0
