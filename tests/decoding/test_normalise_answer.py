"""Which answers vote together, and which do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.decoding import normalise_answer


@pytest.mark.parametrize(
    "same",
    [
        ["三十年", "30年", "３０年", " 30 年"],
        ["一九八五年", "1985年", "１９８５年"],
        ["《静夜思》", "靜夜思", "“静夜思”", "静夜思。", "「静夜思」"],
        ["NBA", "nba", "ＮＢＡ"],
        ["New York", "new  york", "NEW YORK"],
        ["威廉·琼斯", "威廉•琼斯", "威廉・瓊斯"],
        ["1936–37", "1936-37", "1936－37"],
        ["1,200万", "1200万", "12000000"],
        ["百分之三十", "30%", "30％"],
        ["caf\u00e9", "cafe\u0301"],
        ["382米，", "382米", "：382米；"],
        ["第三", "第3"],
        ["Paris.", "paris!"],
    ],
)
def test_same(same):
    assert len({normalise_answer(text) for text in same}) == 1
    assert normalise_answer(same[0])


@pytest.mark.parametrize(
    "different",
    [
        ["382米", "383米", "382"],
        ["1 000", "1000"],  # between digits a blank may separate two numbers
        ["七八个", "78个"],
        ["3.5", "35", "3点5"],
        ["-5", "5"],
        ["50%", "50"],
        ["c", "c#", "c++"],
        ["1985", "1985年"],
        ["五月", "五日"],
    ],
)
def test_different(different):
    assert len({normalise_answer(text) for text in different}) == len(different)


def test_what_says_nothing_is_empty():
    assert [normalise_answer(text) for text in ("", " ", "《》", "，。", '""')] == [""] * 5


CRAFTED = st.lists(
    st.sampled_from(
        [
            *"一二三十百千万亿零〇○两点半分之百年月0123.,:%《》“”'’ 　·•－‐臺灣ＡｂÉ\u0301ｶﾞ\ud800\0☆",
            "百分之",
            "分之",
        ]
    ),
    max_size=12,
).map("".join)


@settings(deadline=None, max_examples=300)
@given(CRAFTED | st.text(st.characters(), max_size=12))
def test_never_fails_and_twice_is_once(text):
    once = normalise_answer(text)
    assert normalise_answer(once) == once
