"""Words cover the text exactly, whatever the segmenter does."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskplay.text import WordVectors, segment, word_ids, word_of_character

ANY_TEXT = st.text(st.characters(exclude_categories=()))
MIXED = st.text(st.sampled_from("白云山高 a1.％\u3000\n\r\0😀\u200d\u0301\ud83d\ude00臺"))


@given(ANY_TEXT | MIXED)
def test_default_words_cover_the_text(text):
    words = segment(text)
    assert "".join(words) == text
    assert all(words)


@given(MIXED)
def test_each_character_is_in_its_word(text):
    words = segment(text)
    numbers = word_of_character(words)
    assert numbers.dtype == np.int32
    assert len(numbers) == len(text)
    for number, word in enumerate(words):
        places = np.flatnonzero(numbers == number)
        assert text[places[0] : places[-1] + 1] == word


def test_dropped_blanks_and_punctuation_come_back():
    words = segment(" Two words, 白云！", lambda text: ["two", "WORDS", "", "白雲"])
    assert words == [" ", "Two", " ", "words", ", ", "白云", "！"]


def test_generators_serve():
    assert segment("ab c", lambda text: iter("abc")) == ["a", "b", " ", "c"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a", "x"], "dropped 'b' at character 1, before 'x'"),
        (["a", "b", "c", "d"], "'d' is not in it from character 4"),
        (["b", "a", "c"], "dropped 'a' at character 0"),
        (["a"], "dropped 'b' at character 1, before the end"),
        ([], "dropped 'a'"),
    ],
)
def test_words_that_do_not_follow_the_text(words, message):
    with pytest.raises(ValueError, match=message):
        segment("ab c", lambda text: words)


def test_wrong_types():
    with pytest.raises(TypeError, match=r"must give strings; it gave \('a', 0\)"):
        segment("a", lambda text: [("a", 0)])
    with pytest.raises(TypeError, match="text must be a string"):
        segment(3)


def test_missing_rjieba_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rjieba", None)
    with pytest.raises(ImportError, match="pip install rjieba"):
        segment("a")


def test_word_ids_fold_before_cutting():
    vectors = WordVectors(["白云山", "主峰"], np.ones((2, 3)), fold=True)
    ids = word_ids("白雲山主峰高\ud800", vectors)
    assert ids.tolist() == [2, 2, 2, 3, 3, 1, 1]
    assert ids.dtype == np.int32
    assert word_ids("", vectors).shape == (0,)
    unfolded = WordVectors(["ab"], np.ones((1, 3)))
    assert word_ids("ab AB", unfolded, str.split).tolist() == [2, 2, 1, 1, 1]
