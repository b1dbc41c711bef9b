"""Spans never cut a number, a word, an emoji or a title."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskplay.text import boundaries


def cuts(text: str) -> str:
    """Show the text with `|` wherever it may be cut; also checks that starts and ends agree."""
    found = boundaries(text)
    for array in (found.may_start, found.may_end, found.depth):
        assert array.shape == (len(text),)
    pieces = [text[:1]]
    for i in range(1, len(text)):
        if not re.search("[《》〈〉]", text[i - 1 : i + 1]):
            assert found.may_start[i] == found.may_end[i - 1]
        pieces.append("|" + text[i] if found.may_start[i] and found.may_end[i - 1] else text[i])
    return "".join(pieces)


@pytest.mark.parametrize(
    "shown",
    [
        "高|382|米",
        "１，２３４．５|米",
        "1,234,567|人",
        "3|,|45",
        "1234|,|567",
        "1,234|,|5678",
        "100|，|200|，|300",
        "3.14%|、|３８％|、|5‰",
        "2008|年|11|月|12|日",
        "1999|-|2001",
        "三百八十二|米|的|一|九",
        "don't| |stop|.",
        "co-op|和|F-16|和|16-bit|和|COVID-19",
        "AT&T| |U.S.A|.| |e.g|.",
        "naïve|的|Ωmega|，|Москва",
        "No.1|和|1|.|Apple",
        "20km|和|5km²|和|3½",
        "iPhone6s|手|机",
        "ａｂｃ|好",
        "e\u0301t\u0301é|好",
        "山\u0301|水",
        "葛\U000e0100|城",
        "👍🏽|👨\u200d👩\u200d👧|☺\ufe0f|😀",
        "🇨🇳|🇯🇵|🇺",
        "1\ufe0f\u20e3|山",
        "か\u3099|な|ｶﾞ",
        "\u1112\u1161\u11ab|글|자",
        "a|\0|b",
        "\ud83d\ude00|\ud83d",
        "山|.|.|-|a|'|'",
        "x",
        "",
    ],
)
def test_where_texts_may_be_cut(shown):
    if "一|九" in shown:
        shown = shown.replace("一|九", "一九")
    assert cuts(shown.replace("|", "")) == shown


def allowed(text: str, first: int, last: int) -> bool:
    found = boundaries(text)
    return bool(found.may_start[first] and found.may_end[last] and found.depth[first] == found.depth[last])


@given(st.text(st.sampled_from("《》〈〉山"), min_size=1, max_size=9))
def test_titles_against_brute_force(text):
    found = boundaries(text)
    matched = _pairs_by_definition(text)
    for first in range(len(text)):
        for last in range(first, len(text)):
            whole = all((first <= a <= last) == (first <= b <= last) for a, b in matched)
            is_allowed = found.may_start[first] and found.may_end[last]
            assert (is_allowed and found.depth[first] == found.depth[last]) == whole


def _pairs_by_definition(text):
    """Pair each closing bracket with the nearest free opening one, discarding what lies open between."""
    free, pairs = [], []
    for i, character in enumerate(text):
        if character in "《〈":
            free.append(i)
        elif character in "》〉":
            partner = "《" if character == "》" else "〈"
            for j in reversed(range(len(free))):
                if text[free[j]] == partner:
                    pairs.append((free[j], i))
                    del free[j:]
                    break
    return pairs


def test_two_titles_are_not_joined_halfway():
    text = "《故乡》和《药》"
    assert allowed(text, 0, 3)
    assert allowed(text, 1, 2)
    assert allowed(text, 0, 7)
    assert not allowed(text, 1, 6)
    assert not allowed(text, 0, 2)


def test_depth_is_linear_for_hostile_brackets():
    text = "《" * 20_000 + "山" + "》" * 20_000 + "〉" * 20_000
    found = boundaries(text)
    assert found.depth[20_000] == 20_000
    assert found.may_end[-1]


@given(st.text(st.characters(exclude_categories=())))
def test_any_text(text):
    found = boundaries(text)
    assert found.may_start.dtype == found.may_end.dtype == np.bool_
    assert found.depth.dtype == np.int32
    assert len(found.may_start) == len(found.may_end) == len(found.depth) == len(text)
    if text:
        assert found.may_start[0]
        assert found.may_end[-1]


def test_only_strings():
    with pytest.raises(TypeError, match="must be a string"):
        boundaries(["a"])
