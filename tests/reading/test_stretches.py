"""Long texts are cut, and nothing of them is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskplay.reading.cuts import may_cut
from maskplay.reading.stretches import WHOLE, stretches

SHORT = ("山高水长", "。", "！”", "\n", "\r\n", " ", "38215", "《风。雨》")
LONG = ("382米" * 60, "云" * 500, "a。" * 90, "word " * 70, "，天气很好" * 50, "x" * 400)
PARTS = st.sampled_from([*SHORT, *LONG])


@given(st.lists(PARTS, max_size=60).map("".join))
def test_joined_they_are_the_text(text: str) -> None:
    found = list(stretches([text]))
    assert "".join(stretch for _, stretch in found) == text
    assert all(text.startswith(stretch, offset) for offset, stretch in found)
    assert all(0 < len(stretch) <= WHOLE for _, stretch in found)
    may = may_cut(text)
    # What leaves no place is cut all the same.
    assert all(may[i] or not may[i - 140 : i + 140].any() for i, _ in found)
    assert found == list(stretches(text[i : i + 97] for i in range(0, len(text), 97)))


def test_a_page_stays_whole() -> None:
    assert list(stretches(["山" * WHOLE])) == [(0, "山" * WHOLE)]


def test_cuts_are_at_the_ends_of_lines_and_sentences() -> None:
    lines = [f"第{number}行" + "山高水长" * 40 + "。\n" for number in range(20)]
    assert all(stretch.endswith("。\n") for _, stretch in stretches(lines))
    (_, first), *_ = stretches(["他说：“山高水长。”" * 300])
    assert first.endswith("。”")


def test_what_has_no_ends_is_cut_into_equal_shares() -> None:
    assert [len(stretch) for _, stretch in stretches(["山" * 3000])] == [600] * 5
    assert [len(stretch) for _, stretch in stretches(["x" * 3000])] == [600] * 5


@pytest.mark.parametrize("whole", ["38215米", "《风雨。山》", "maskplay"])
def test_nothing_is_cut_that_belongs_together(whole: str) -> None:
    filling = "今天天气很好，我们去散步，路上有很多花，" * 90
    for shift in range(560, 640):
        text = filling[:shift] + whole + filling[: 1300 - shift]
        assert sum(whole in stretch for _, stretch in stretches([text])) == 1
    words = "to be or not to be " * 200
    assert all(stretch.endswith(" ") for _, stretch in stretches([words]))
