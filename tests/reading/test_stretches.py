"""Long texts are cut, and nothing of them is lost."""

from hypothesis import given
from hypothesis import strategies as st

from maskplay.reading.stretches import WHOLE, stretches

PARTS = st.sampled_from(["山高水长", "。", "！”", "\n", "\r\n", " ", "382米" * 60, "云" * 500, "a。" * 90])


@given(st.lists(PARTS, max_size=60).map("".join))
def test_joined_they_are_the_text(text: str) -> None:
    found = list(stretches([text]))
    assert "".join(stretch for _, stretch in found) == text
    assert all(text.startswith(stretch, offset) for offset, stretch in found)
    assert all(0 < len(stretch) <= WHOLE for _, stretch in found)
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
