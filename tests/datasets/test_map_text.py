"""Texts change character for character, and offsets stay true."""

import pytest

from maskplay.datasets import Reference, load, map_text, traditional_to_simplified


def test_drcd_in_simplified_characters(sample, write):
    dataset = traditional_to_simplified(load(write(sample("drcd"))))
    (example,) = dataset
    assert example.question == "这座山位于哪里的东边？"
    assert example.answers == ("台湾",)
    assert example.passages[0].text == "这座山位于台湾的东边。"
    assert example.passages[0].references == (Reference("台湾", 5),)


def test_phrases_around_an_answer_count(write):
    record = {"question": "？", "passage": "乾隆", "answers": ["乾", "坤乾"]}
    (example,) = traditional_to_simplified(load(write([record], lines=True)))
    assert example.answers == ("乾", "坤干")
    assert example.passages[0].references[0] == Reference("乾", 0)


def test_passages_stay_shared(sample, write):
    first, second = map_text(load(write(sample("cmrc"))), str.swapcase)
    assert first.passages[0].text is second.passages[0].text


def test_other_lengths_are_refused(sample, write):
    with pytest.raises(ValueError, match="keep the length"):
        map_text(load(write(sample("cmrc"))), lambda text: text + "!")
