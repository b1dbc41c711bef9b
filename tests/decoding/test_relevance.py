"""Which passages speak of what is asked."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maskplay.decoding import relevance

TEXTS = st.lists(st.text("甲乙丙丁戊", max_size=12), max_size=6)


def test_the_passage_that_speaks_of_it_counts_most() -> None:
    found = relevance("法国的首都是哪里", ["德国的首都是柏林", "法国的首都是巴黎", "明天下雨"])
    assert found[1] == 1
    assert found[1] > found[0] > found[2] == 0


def test_rare_pairs_say_more() -> None:
    passages = ["甲乙", "甲乙", "甲乙", "丙丁", "戊"]
    assert relevance("甲乙丙丁", passages)[3] == 1
    assert relevance("甲乙丙丁", passages)[0] < 1


@given(st.text("甲乙丙丁戊", max_size=8), TEXTS)
def test_weights_lie_between_0_and_1_and_the_best_is_1(question: str, passages: list[str]) -> None:
    found = relevance(question, passages)
    assert found.shape == (len(passages),)
    assert ((found >= 0) & (found <= 1)).all()
    assert not passages or found.max() == 1


@given(st.text("甲乙丙丁戊", max_size=8), TEXTS, st.randoms())
def test_the_order_does_not_matter(question: str, passages: list[str], random: Random) -> None:
    order = list(range(len(passages)))
    random.shuffle(order)
    shuffled = relevance(question, [passages[i] for i in order])
    np.testing.assert_allclose(shuffled, relevance(question, passages)[order])


@given(st.text("甲乙丙丁戊", max_size=8), st.text("甲乙丙丁戊", max_size=12), st.integers(1, 4))
def test_copies_of_one_passage_say_nothing(question: str, passage: str, count: int) -> None:
    np.testing.assert_array_equal(relevance(question, [passage] * count), np.ones(count))
