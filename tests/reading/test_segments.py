import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.reading.segments import segments

LEAST, MOST = 16384, 65536


@pytest.fixture(scope="module")
def long():
    """Stretches with and without line ends and full stops."""
    parts = [
        "山" * 20000,
        "\n",
        "水高" * 3000,
        "。",
        "火" * 70000,
        "！",
        "木" * 200,
        "？\n" * 9000,
        "土" * 17000,
    ]
    return "".join(parts)


@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_segments_partition_the_text_however_it_is_chunked(long, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(long)), max_size=12)))
    chunks = [long[a:b] for a, b in zip([0, *cuts], [*cuts, len(long)], strict=True)]
    found = list(segments(chunks))
    assert "".join(found) == long
    assert found == list(segments([long]))
    for segment in found[:-1]:
        assert LEAST <= len(segment) <= MOST
        assert segment[-1] in "\n。！？" or len(segment) > MOST - 1100
    assert 0 < len(found[-1]) <= MOST


def test_characters_one_by_one():
    text = ("山" * 99 + "。") * 400
    assert list(segments(iter(text))) == list(segments([text]))


def test_accents_and_selectors_stay_with_their_mark():
    text = "山" * (LEAST - 1) + "！\ufe0f水。火" + "木" * LEAST
    assert next(segments([text]))[-1] == "。"


def test_without_a_sentence_words_and_numbers_stay_whole():
    for shift in range(7):
        text = "x" * shift + "abcdef " * 12000
        first, *_ = segments([text])
        assert MOST - 1100 < len(first) <= MOST
        assert first[-1] == " " or text[len(first)] == " "
        assert first == next(segments(text[i : i + 1000] for i in range(0, len(text), 1000)))
    assert [len(segment) for segment in segments(["x" * 70000])] == [MOST, 70000 - MOST]


def test_an_empty_text_has_no_segments():
    assert list(segments([])) == list(segments(["", ""])) == []


def test_chunks_must_be_strings():
    with pytest.raises(TypeError, match=r"Every chunk of a text must be a string\. Received: b'bytes'"):
        list(segments(["山", b"bytes"]))
