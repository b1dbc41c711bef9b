"""Folding keeps every offset and unifies what differs only in form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskplay.text import fold, simplify

EVERY_CODE_POINT = "".join(map(chr, range(0x110000)))
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("，：？！（）％", ",:?!()%"),
        ("\u3000", " "),
        ("￥￡", "¥£"),
        ("ｶﾅ", "カナ"),
        ("臺灣後來發現", "台湾后来发现"),
        ("ÀÉΣЖ", "àéσж"),
        ("《故乡》“你好”", "《故乡》“你好”"),
        ("e\u0301👨\u200d👩\u200d👧☺\ufe0f", "e\u0301👨\u200d👩\u200d👧☺\ufe0f"),
        ("A\0B\ud800C\udc00", "a\0b\ud800c\udc00"),
        ("İ", "İ"),
        ("", ""),
    ],
)
def test_known_cases(text, folded):
    assert fold(text) == folded


def test_every_code_point_folds_to_one_and_stays_folded():
    folded = fold(EVERY_CODE_POINT)
    assert len(folded) == len(EVERY_CODE_POINT)
    assert fold(folded) == folded


def test_no_case_or_width_is_missed():
    changeable = [c for c in EVERY_CODE_POINT if len(c.lower()) == 1 and c.lower() != c]
    assert fold("".join(changeable)) == fold("".join(map(str.lower, changeable)))
    sized = [c for c in EVERY_CODE_POINT if unicodedata.decomposition(c).startswith(("<wide>", "<narrow>"))]
    assert len(sized) > 200
    assert not set(sized) & set(fold("".join(sized)))


@given(ANY_TEXT)
def test_each_character_folds_by_itself(text):
    assert fold(text) == "".join(map(fold, text))


@given(ANY_TEXT)
def test_simplify_keeps_length_and_case(text):
    assert len(simplify(text)) == len(text)
    assert simplify("ＡbC" + text).startswith("ＡbC")


def test_simplify_knows_phrases():
    assert simplify("乾隆年間，魏徵乾杯，徵求") == "乾隆年间，魏徵干杯，征求"
    assert simplify("一目瞭然，瞭望") == "一目了然，瞭望"


@pytest.mark.parametrize("function", [fold, simplify])
def test_only_strings(function):
    with pytest.raises(TypeError, match="must be a string"):
        function(b"abc")
