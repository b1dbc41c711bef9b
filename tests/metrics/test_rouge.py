"""ROUGE by hand-computed cases."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskplay.metrics import Rouge, rouge, text_tokens
from maskplay.metrics.rouge import _longest_subsequence


@pytest.mark.parametrize(
    ("prediction", "reference", "wanted"),
    [
        # 3 of 4 words; 1 of 3 pairs (the gunman); police … the gunman
        ("police kill the gunman", "police killed the gunman", (3 / 4, 1 / 3, 3 / 4)),
        # Lin's example of order: the gunman | police
        ("the gunman kill police", "police killed the gunman", (3 / 4, 1 / 3, 1 / 2)),
        # 3 of 4 and 3 of 6 characters: 2 * 3 / 10; pairs 春眠 眠不 of 3 and 5; 春眠不
        ("春眠不知", "春眠不覺曉。", (6 / 10, 2 * 2 / 8, 6 / 10)),
        ("a a a", "a", (2 * 1 / 4, 0.0, 2 * 1 / 4)),  # a token is used once
        ("The Cat", "the cat", (1.0, 1.0, 1.0)),
        ("", "a", (0.0, 0.0, 0.0)),
        ("x", "y", (0.0, 0.0, 0.0)),
    ],
)
def test_by_hand(prediction, reference, wanted):
    assert rouge(prediction, [reference]) == pytest.approx(Rouge(*wanted))


def test_the_best_reference_counts_for_each_figure():
    assert rouge("a b", ["b a", "a c"]) == pytest.approx(Rouge(1.0, 0.0, 0.5))


def test_no_reference_is_refused():
    with pytest.raises(ValueError, match="at least one text"):
        rouge("a", [])
    with pytest.raises(ValueError, match="at least one text"):
        rouge("a", "a")


def test_tokens():
    assert text_tokens("Don't 读3遍！\n") == ["don", "'", "t", "读", "3", "遍", "！"]
    assert text_tokens("한글ABC \U00020000") == ["한", "글", "abc", "\U00020000"]


@given(st.text("abc", max_size=9), st.text("abc", max_size=9))
def test_the_longest_subsequence_is_that_of_the_table(one, other):
    @cache
    def longest(i, j):
        if i == len(one) or j == len(other):
            return 0
        if one[i] == other[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    assert _longest_subsequence(one, other) == longest(0, 0)
