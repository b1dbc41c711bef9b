"""Examples as pairs: nothing lost, nothing asked that may have an answer unknown to us."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.datasets import Example, Passage, Reference
from maskplay.reading.training_data import Pair, TrainingData, window_starts

from .conftest import encoder, random_text


@pytest.fixture(scope="module")
def encode():
    return encoder()


def plain_text(length: int, seed: int) -> str:
    """Without marks or blanks, so that answers are what they were."""
    return "".join(c if c.isalnum() else "山" for c in random_text(length, seed=seed))


def located(text: str, *spans: tuple[int, int]) -> Passage:
    return Passage(text, tuple(Reference(text[start:end], start) for start, end in spans))


@settings(deadline=None, max_examples=100)
@given(length=st.integers(0, 120), longest=st.integers(2, 30), data=st.data())
def test_windows_hold_every_short_span_whole(length, longest, data):
    overlap = data.draw(st.integers(1, longest - 1))
    starts = window_starts(length, longest, overlap)
    assert starts == sorted(set(starts))
    assert all(first >= 0 and first + longest <= max(length, longest) for first in starts)
    covered = {i for first in starts for i in range(first, min(first + longest, length))}
    assert covered == set(range(length))
    for start in range(length - min(overlap, length) + 1 if length else 0):
        end = start + min(overlap, length)
        assert any(first <= start and end <= first + longest for first in starts)


def test_passages_and_questions_are_kept_once(encode):
    text, other = plain_text(30, seed=1), plain_text(20, seed=2)
    examples = [
        Example("1", "山多高", (located(text, (3, 5)), Passage(other))),
        Example("2", "水多大", (located(text, (7, 9), (20, 22)),)),
        Example("3", "山多高", (located(other, (0, 1)),)),
    ]
    data = TrainingData().add(examples, encode)
    assert len(data.passages) == len(data.questions) == 2
    np.testing.assert_array_equal(data.passages[0].characters, encode(text).characters)
    np.testing.assert_array_equal(data.questions[1].words, encode("水多大").words)
    assert data.pairs == [
        Pair(0, 0, ((3, 5),)),
        Pair(1, 0, ()),
        Pair(0, 1, ((7, 9), (20, 22))),
        Pair(1, 0, ((0, 1),)),
    ]
    assert (data.unlocated, data.unclear) == (0, set())


def test_a_long_passage_is_cut_into_windows_and_spans_move_with_them(encode):
    text = plain_text(100, seed=3)
    data = TrainingData(longest=40, overlap=10).add(
        [Example("1", "山", (located(text, (35, 42), (95, 100)),))], encode
    )
    assert window_starts(100, 40, 10) == [0, 30, 60]
    ids = encode(text)
    for window, first in zip(data.passages, (0, 30, 60), strict=True):
        np.testing.assert_array_equal(window.characters, ids.characters[first : first + 40])
        np.testing.assert_array_equal(window.words, ids.words[first : first + 40])
    # The first window cuts the first span, so that it teaches neither yes nor no.
    assert data.pairs == [Pair(1, 0, ((5, 12),)), Pair(2, 0, ((35, 40),))]
    assert data.unclear == {(0, 0)}


def test_every_located_answer_is_a_whole_span_of_some_window(encode):
    text = plain_text(500, seed=4)
    rng = np.random.default_rng(0)
    for _ in range(50):
        start = int(rng.integers(0, 490))
        end = start + int(rng.integers(1, 11))
        data = TrainingData(longest=64, overlap=16).add(
            [Example("1", "山", (located(text, (start, end)),))], encode
        )
        found = [
            data.passages[pair.passage].characters[a:b].tolist() for pair in data.pairs for a, b in pair.spans
        ]
        assert found
        assert all(ids == encode(text).characters[start:end].tolist() for ids in found)


def test_answers_lose_the_marks_at_their_ends(encode):
    text = "山高382米。水深9米,云白"
    data = TrainingData().add(
        [
            Example("1", "山多高", (located(text, (2, 7), (7, 12)),)),
            Example("2", "水", (located(text, (6, 7)),)),
        ],
        encode,
    )
    assert data.pairs == [Pair(0, 0, ((2, 6), (7, 11))), Pair(0, 1, ((6, 7),))]


def test_answers_that_could_not_be_located_are_counted_and_never_asked(encode):
    text = random_text(30, seed=5)
    lost = Passage(text, (Reference("不在", None),))
    half = Passage(text, (Reference("不在", None), Reference(text[2:4], 2)))
    data = TrainingData().add(
        [Example("1", "一", (lost,)), Example("2", "二", (half,)), Example("3", "三", (Passage(text),))],
        encode,
    )
    assert data.unlocated == 1
    assert data.unclear == {(0, 0)}
    assert data.pairs == [Pair(0, 1, ((2, 4),)), Pair(0, 2, ())]


def test_empty_passages_and_blank_or_endless_questions(encode):
    data = TrainingData().add(
        [Example("1", "", (Passage(""), Passage("山"))), Example("2", "水" * 9999, (Passage("山"),))], encode
    )
    assert data.pairs == [Pair(0, 0, ()), Pair(0, 1, ())]
    assert [len(ids.characters) for ids in data.questions] == [0, 512]
