"""A reader's answers: the same however the passages are ordered, batched or asked again."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.datasets import Example, Passage
from maskplay.decoding import Calibration, relevance
from maskplay.reading.stretches import stretches
from maskplay.text import fold

from .conftest import MARKS, fresh_reader, local_reader, random_text

QUESTIONS = ["山多高？", "白云主峰在哪里", "382"]


@pytest.fixture(scope="module")
def passages():
    return [random_text(n, seed=n) for n in (31, 90, 7, 260, 1, 55, 1500)]


def spans(answer):
    return {
        (e.passage, e.start, e.end, e.text): e.score
        for candidate in answer.candidates
        for e in candidate.evidence
    }


def same(one, other):
    assert one.text == other.text
    assert one.score == pytest.approx(other.score, abs=1e-6)
    assert spans(one) == pytest.approx(spans(other), abs=1e-6)


def test_asking_again_gives_the_same(reader, passages):
    reading = reader.read(passages)
    first = [reading.ask(question) for question in QUESTIONS]
    assert [reading.ask(question) for question in reversed(QUESTIONS)] == first[::-1]
    assert [reader(question, passages) for question in QUESTIONS] == first
    assert len({answer.score for answer in first}) == 3


def test_questions_together_equal_questions_alone(reader, passages):
    reading = reader.read(passages)
    asked = [[0, 1, 6], [], range(7)]
    for question, numbers, (ranking, _) in zip(QUESTIONS, asked, reading.rank(QUESTIONS, asked), strict=True):
        ((alone, _),) = reading.rank([question], [numbers])
        assert [one.text for one in ranking] == [one.text for one in alone]
        assert [one.score for one in ranking] == pytest.approx([one.score for one in alone], abs=1e-6)
        assert {span.passage for one in ranking for span in one.support} == set(range(len(numbers)))


def test_the_order_of_the_passages_does_not_matter(reader, passages):
    order = [3, 6, 0, 5, 1, 4, 2]
    straight = reader(QUESTIONS[0], passages)
    turned = reader(QUESTIONS[0], [passages[i] for i in order])
    assert turned.text == straight.text
    assert turned.score == pytest.approx(straight.score, abs=1e-6)
    assert {(order[p], *rest): score for (p, *rest), score in spans(turned).items()} == pytest.approx(
        spans(straight), abs=1e-6
    )


def test_every_passage_votes_by_what_it_says_alone_and_by_its_words(reader, passages):
    passages = passages[:-1]  # the last is longer than a page
    together = spans(reader(QUESTIONS[0], passages))
    alone = {}
    weights = relevance(fold(QUESTIONS[0]), [fold(passage) for passage in passages])
    for number, passage in enumerate(passages):
        for (_, *rest), score in spans(reader(QUESTIONS[0], [passage])).items():
            alone[(number, *rest)] = score * weights[number]
    assert together == pytest.approx(alone, abs=1e-6)


def test_a_long_passage_is_read_by_its_stretches(reader, passages):
    long = random_text(5000, seed=8)
    cut = list(stretches([long]))
    assert len(cut) > 5
    whole = reader(QUESTIONS[0], [passages[0], long])
    parts = reader(QUESTIONS[0], [passages[0], *(part for _, part in cut)])
    placed = {
        (min(p, 1), start + cut[p - 1][0], end + cut[p - 1][0], text) if p else (0, start, end, text): score
        for (p, start, end, text), score in spans(parts).items()
    }
    assert spans(whole) == pytest.approx(placed, abs=1e-6)
    assert all(long[start:end] == text for (p, start, end, text) in spans(whole) if p == 1)


def test_hundreds_of_passages():
    reader = local_reader()
    passages = [random_text(20 + i % 50, seed=i) for i in range(300)]
    answer = reader(QUESTIONS[0], passages)
    assert {e.passage for c in answer.candidates for e in c.evidence} == set(range(300))
    assert answer.candidates == tuple(sorted(answer.candidates, key=lambda c: -c.vote))


def test_a_passage_given_twice_votes_twice(reader, passages):
    once, twice = reader(QUESTIONS[0], passages[:1]), reader(QUESTIONS[0], [passages[0]] * 2)
    score = once.evidence[0].score
    assert once.candidates[0].vote == pytest.approx(score**2 / (1 + score))
    assert twice.candidates[0].vote == pytest.approx(2 * score**2 / (1 + 2 * score))
    assert {e.passage for e in twice.evidence} == {0, 1}
    (batched,) = reader.batch([Example("1", QUESTIONS[0], (Passage(passages[0]),) * 2)])
    same(batched, twice)


def test_a_batch_equals_one_by_one(reader, passages):
    examples = [
        Example(str(i), question, tuple(Passage(passages[p]) for p in own))
        for i, (question, own) in enumerate(
            [(QUESTIONS[0], [2, 0, 3]), (QUESTIONS[1], [0]), (QUESTIONS[2], []), (QUESTIONS[0], [6, 0, 0])]
        )
    ]
    answers = reader.batch(examples)
    assert len(answers) == len(examples)
    for example, answer in zip(examples, answers, strict=True):
        same(answer, reader(example.question, [passage.text for passage in example.passages]))


def test_portions_of_a_batch_change_nothing(reader, passages, monkeypatch):
    examples = [
        Example(str(i), QUESTIONS[i % 3], (Passage(p), Passage(passages[0]))) for i, p in enumerate(passages)
    ]
    before = reader.batch(examples)
    read, sizes = reader.read, []

    def watched(texts):
        sizes.append(sum(map(len, texts)))
        return read(texts)

    monkeypatch.setattr("maskplay.reading.portions.PORTION", 300)
    monkeypatch.setattr(reader, "read", watched, raising=False)
    for one, other in zip(reader.batch(examples), before, strict=True):
        same(one, other)
    assert len(sizes) > 2
    assert max(size for size in sizes if size < 1500) <= 300


def test_a_blank_question_of_a_batch_is_left_without_an_answer(reader):
    blank, asked = reader.batch(
        [Example("1", " \n", (Passage("山高382米。"),)), Example("2", "山多高？", (Passage("山高382米。"),))],
        threshold=0,
    )
    assert (blank.text, blank.candidates, blank.score) == ("", (), 0.0)
    assert asked.text


def test_a_long_question_of_a_batch_is_read_as_far_as_questions_go(reader, passages):
    question = random_text(512, seed=3)
    examples = [
        Example(str(i), q, (Passage(passages[0]),)) for i, q in enumerate((question, question + "山" * 9999))
    ]
    first, second = reader.batch(examples)
    same(first, second)


def test_the_threshold_decides_whether_there_is_an_answer(reader, passages):
    example = Example("1", QUESTIONS[0], tuple(map(Passage, passages)))
    (found,) = reader.batch([example], threshold=0)
    (reached,) = reader.batch([example], threshold=found.score)
    (missed,) = reader.batch([example], threshold=found.score + 1e-9)
    assert found.text == reached.text != ""
    assert (missed.text, missed.evidence, bool(missed)) == ("", (), False)
    assert missed.score == found.score
    assert missed.runner_up == found.candidates[0]
    assert found.runner_up == found.candidates[1]
    assert found.margin == pytest.approx(found.candidates[0].vote - found.candidates[1].vote)
    json.dumps(found.to_dict(), ensure_ascii=False)


ANYTHING = st.text(
    st.characters(exclude_categories=()) | st.sampled_from(list(MARKS + "山高382米a")), max_size=60
)


@settings(deadline=None, max_examples=60)
@given(question=ANYTHING.map(lambda q: q + "山"), passages=st.lists(ANYTHING, max_size=4))
def test_evidence_is_verbatim_whatever_is_read(reader, question, passages):
    answer = reader(question, passages)
    for candidate in answer.candidates:
        assert candidate.evidence
        for e in candidate.evidence:
            assert passages[e.passage][e.start : e.end] == e.text != ""
            assert 0 <= e.score <= 1
    assert 0 <= answer.score <= 1
    assert answer.text == (answer.candidates[0].evidence[0].text if answer.candidates else "")


@pytest.mark.parametrize(
    "passages", [[], [""], ["", ""], ["。"], ["？！…，\n"], ["《》「」"], [" \t\n"]], ids=repr
)
def test_nothing_to_answer_from(reader, passages):
    answer = reader("山多高？", passages)
    assert (answer.text, answer.candidates, answer.score, bool(answer)) == ("", (), 0.0, False)
    assert (answer.evidence, answer.runner_up, answer.margin) == ((), None, 0)


def test_one_character(reader):
    answer = reader("山", ["水"])
    assert answer.text == "水"
    assert [(e.passage, e.start, e.end) for e in answer.evidence] == [(0, 0, 1)]


def test_nul_bytes_and_lone_surrogates_are_read_like_any_character(reader):
    passage = "山\x00高\ud83d382\udc00米"
    answer = reader("\x00\ud800山", [passage])
    assert all(passage[e.start : e.end] == e.text for e in answer.evidence)
    assert answer.text


def test_a_megabyte(text):
    """Of Chinese, in UTF-8."""
    passage = random_text(350_000, seed=1)
    assert len(passage.encode()) > 900_000
    answer = local_reader()("山多高？", ["风雨", passage])
    assert {e.passage for c in answer.candidates for e in c.evidence} == {0, 1}
    assert all(passage[e.start : e.end] == e.text for e in answer.evidence if e.passage == 1)


def test_any_iterable_of_strings(reader):
    texts = ["山高382米", "水"]
    same(reader("山多高？", iter(texts)), reader("山多高？", texts))
    same(reader("山多高？", (t for t in texts)), reader("山多高？", tuple(texts)))


@pytest.mark.parametrize("question", ["", " ", "\n\t\u3000", "\x00", "\ud800"])
def test_a_blank_question(reader, question):
    with pytest.raises(ValueError, match=r"must have at least one character that can be seen\. Received: "):
        reader(question, ["山"])


@pytest.mark.parametrize("question", [None, 3, b"x", ["山"]])
def test_a_question_that_is_no_string(reader, question):
    with pytest.raises(TypeError, match=f"A question must be a string. Received: {type(question).__name__}"):
        reader(question, ["山"])


def test_a_question_that_is_a_passage(reader):
    assert reader("山" * 512, ["水"]).text
    with pytest.raises(
        ValueError, match=r"at most 512 characters\. Received: 513 .* Are question and passages swapped"
    ):
        reader("山" * 513, ["水"])


@pytest.mark.parametrize(
    ("passages", "message"),
    [
        ("山高", r"passages must be several strings: pass \[text\] for one. Received: '山高'"),
        (b"x", "passages must be several strings"),
        (None, "passages must be several strings. Received: NoneType"),
        (3, "passages must be several strings. Received: int"),
        (
            {"山高": 1},
            r"pass list\(passages\) or list\(passages\.values\(\)\)\. Received: dict \(\{'山高': 1\}\)",
        ),
        (["山", 3], r"Every passage must be a string. Received: passages\[1\] = 3"),
        ([None], r"passages\[0\] = None"),
    ],
)
def test_passages_that_are_no_strings(reader, passages, message):
    with pytest.raises(TypeError, match=message):
        reader("山多高？", passages)


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ("dev.json", r"must be what maskplay.datasets.load gives. Received: 'dev.json'. Load the file first"),
        (None, "must be several. Received: NoneType"),
        (["山"], r"must be of maskplay.datasets.Example. Received: examples\[0\] = '山'"),
    ],
)
def test_examples_that_are_none(reader, examples, message, tmp_path):
    for use in (reader.batch, reader.evaluate, reader.calibrate, reader.outcomes):
        with pytest.raises(TypeError, match=message):
            use(examples)
    with pytest.raises(TypeError, match=message):
        reader.fit(examples, tmp_path / "reader")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), "x"])
def test_a_threshold_that_cannot_be(reader, threshold):
    with pytest.raises(ValueError, match=r"threshold must be a number from 0 to 1\. Received: "):
        reader.batch([], threshold=threshold)


def test_a_precision_of_a_batch_is_that_of_each_question(passages):
    features = np.random.default_rng(0).normal(0, 1, (90, 3))
    calibration = Calibration.fit(features, features[:, 0] > -0.5)
    sure = fresh_reader()
    sure.judgement = replace(sure.judgement, calibration=calibration)
    examples = [Example(q, q, tuple(map(Passage, passages))) for q in QUESTIONS]
    answers = sure.batch(examples, precision=0.8)
    assert {answer.threshold for answer in answers} == {calibration.threshold_for_precision(0.8)}
    for question, answer in zip(QUESTIONS, answers, strict=True):
        same(answer, sure(question, passages, precision=0.8))
    with pytest.raises(ValueError, match="no threshold reaches a precision of 1 "):
        sure.batch(examples, precision=1)
    with pytest.raises(ValueError, match=r"pass one of them\. Received: threshold=0, precision=0\.8"):
        sure.batch(examples, threshold=0, precision=0.8)


def test_a_precision_needs_a_calibration(reader):
    with pytest.raises(ValueError, match=r"A precision needs a calibrated reader"):
        reader.batch([], precision=0.9)
    with pytest.raises(ValueError, match=r"A precision needs a calibrated reader.*precision=0\.9"):
        reader("山多高？", ["山"], precision=0.9)


def test_a_little_is_read_without_keras_and_much_with_it(monkeypatch):
    """Which of the two computes is decided by the amount, until Keras is there anyway."""
    quick = fresh_reader()
    slow = quick.config.in_numpy(quick.weights(), quick.encode.vectors.matrix)
    monkeypatch.setattr("maskplay.reading.reader._LITTLE", 50)
    assert quick.read(["山" * 50]).encoded.network.network.trainer is None
    assert "network" not in vars(quick)
    list(quick.stream("山多高？", ["山" * 50]))
    assert "network" not in vars(quick)
    monkeypatch.setattr(type(quick.config), "build", lambda config: slow)
    monkeypatch.setattr("maskplay.reading.reader.set_weights", lambda *arguments: None)
    streaming = fresh_reader()
    list(streaming.stream("山多高？", ["山" * 51]))
    assert "network" in vars(streaming)
    assert quick.read(["山" * 51]).encoded.network.network is slow
    assert quick.read(["山"]).encoded.network.network is slow


def test_a_little_is_read_without_importing_keras(reader, tmp_path):
    fresh_reader().save(tmp_path / "reader")
    code = (
        "import sys; from maskplay.reading import Reader;"
        f"print(Reader.load({str(tmp_path / 'reader')!r})('山多高', ['山高三米']).text, 'keras' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == [reader("山多高", ["山高三米"]).text, "False"]


def test_what_is_shown_of_readers_and_readings_is_a_line(reader, passages):
    weights = sum(array.size for array in fresh_reader().weights().values())
    assert repr(reader) == f"Reader(aligned, {weights:,} weights, not calibrated)"
    reading = reader.read(passages)
    assert repr(reading) == f"Reading({len(passages)} passages)"
    assert repr(reader.read(["山"])) == "Reading(1 passage)"
    assert repr(reading.encoded) == f"EncodedStretches({len(reading.encoded.stretches)} stretches)"
    assert repr(reader.read(["山"]).encoded) == "EncodedStretches(1 stretch)"
