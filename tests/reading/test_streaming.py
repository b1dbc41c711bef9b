"""A streamed text gives what the same text gives as one passage."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import HAN, local_reader, random_text

QUESTION = "山多高？"
LENGTH = 150_000


def chinese(length: int, seed: int = 0) -> str:
    """Sentences with numbers, titles and Latin words, so that spans have boundaries to respect."""
    text = random_text(length, seed, HAN * 5 + "，。！\n0123456789ab")
    for i in range(0, length - 40, 501):
        text = text[:i] + "《风雨》" + text[i + 4 :]
    return text


@pytest.fixture(scope="module")
def long():
    return chinese(LENGTH)


@pytest.fixture(scope="module")
def local():
    return {objective: local_reader(objective) for objective in ("softmax", "focal")}


@pytest.fixture(scope="module")
def one_pass(local, long):
    return {name: reader(QUESTION, [long]) for name, reader in local.items()}


def same(streamed, answer, text):
    """Equal up to the rounding of floats."""
    assert streamed.text == answer.text
    assert streamed.score == pytest.approx(answer.score, abs=1e-6)
    found, expected = (
        {(e.start, e.end): e for candidate in one.candidates for e in candidate.evidence}
        for one in (streamed, answer)
    )
    assert found.keys() == expected.keys()
    for place, evidence in found.items():
        assert evidence.text == expected[place].text == text[evidence.start : evidence.end]
        assert evidence.score == pytest.approx(expected[place].score, abs=1e-6)


@settings(deadline=None, max_examples=6)
@given(cuts=st.lists(st.integers(0, LENGTH), max_size=9))
@pytest.mark.parametrize("objective", ["softmax", "focal"])
def test_it_equals_one_pass_however_the_text_is_chunked(local, long, one_pass, objective, cuts):
    cuts = sorted(cuts)
    chunks = [long[a:b] for a, b in zip([0, *cuts], [*cuts, LENGTH], strict=True)]
    *_, last = local[objective].stream(QUESTION, chunks)
    assert last.characters == LENGTH
    assert len(last.answer(0).candidates) > 1
    same(last.answer(0), one_pass[objective], long)


def test_every_portion_has_the_answer_so_far(local, long):
    reader = local["softmax"]
    stops = []
    for stream in reader.stream(QUESTION, [long]):
        stops.append(stream.characters)
        if len(stops) == 1:
            first = stream.answer(0)
    assert stops[-1] == LENGTH
    assert len(stops) >= 3
    evidence = first.evidence[0]
    assert evidence.end <= stops[0]
    assert long[evidence.start : evidence.end] == evidence.text


def test_a_real_network(reader, text):
    long = chinese(21_000, seed=4)
    *_, last = reader.stream(QUESTION, [long[i : i + 997] for i in range(0, len(long), 997)])
    same(last.answer(0), reader(QUESTION, [long]), long)


def test_memory_does_not_grow_with_the_text(local, monkeypatch):
    """Three times the text, the same peak, once as many spans are kept as are heard."""
    monkeypatch.setattr("maskplay.reading.ballot._HEARD", 20)
    sentence = chinese(1000, seed=2)

    def peak(portions: int) -> int:
        tracemalloc.start()
        try:
            for _ in local["softmax"].stream(QUESTION, (sentence for _ in range(portions))):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(70)  # tables and caches that are made once
    assert peak(420) < 1.2 * peak(140)


def test_an_empty_text_is_one_portion_without_an_answer(local):
    for chunks in ([], ["", ""]):
        (only,) = local["softmax"].stream(QUESTION, chunks)
        answer = only.answer(0)
        assert (answer.text, answer.score, answer.candidates, only.characters) == ("", 0.0, (), 0)


def test_bad_input(local):
    reader = local["softmax"]
    with pytest.raises(ValueError, match="at least one character that can be seen"):
        reader.stream(" ", ["山"])  # at once, not when the first portion is asked for
    with pytest.raises(TypeError, match="Every chunk of a text must be a string"):
        list(reader.stream(QUESTION, [b"x"]))
    *_, last = reader.stream(QUESTION, ["\x00\ud800。", "\udfff山" * 3])
    assert last.characters == 9
