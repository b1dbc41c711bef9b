"""How far to trust a reader, learned from a few questions; the reader is the oracle of the room above."""

import warnings

import numpy as np
import pytest

from maskplay.datasets import Example, Passage, Reference
from maskplay.reading.calibrating import RoughCalibration, _best_threshold, _ways, calibrated

MOUNTAINS = ["白云山", "越秀山", "白云岗", "越秀岗", "广州山", "高山岗"]


def example(i, name, height, answers=None):
    passage = Passage(f"{name}主峰高{height}米。")
    return Example(str(i), f"{name}多高？", (passage,), (f"{height}米",) if answers is None else answers)


@pytest.fixture
def examples():
    right = [example(i, name, 100 + 111 * i) for i, name in enumerate(MOUNTAINS)]
    return [*right, example("wrong", "登云山", 77, ("88米",)), example("none", "时山", 5, ())]


def test_a_right_answer_is_more_probable_than_a_wrong_one(oracle_reader, examples):
    judgement = calibrated(oracle_reader, examples, "cmrc")
    assert judgement.objective == oracle_reader.judgement.objective
    assert judgement.length_prior is oracle_reader.judgement.length_prior
    assert oracle_reader.judgement.calibration is None
    oracle_reader.judgement = judgement
    passages = [e.passages[0].text for e in examples]
    known = oracle_reader("白云山多高？", passages)
    foreign = oracle_reader("白云山多高？", passages[4:])
    assert known.text == "100米"
    assert known.score > foreign.score
    assert foreign.text == ""
    assert 0 < judgement.threshold < 1


def test_a_question_counts_once_however_often_it_is_asked(oracle_reader, examples):
    asked = sum(map(len, _ways(examples[:-1], np.random.default_rng(0))))
    assert asked > 2 * len(examples)
    for given in (examples, examples * 2):
        curve = calibrated(oracle_reader, given, "cmrc").calibration.curve
        assert curve.questions == len(examples) - 1  # the last has no answer
        assert curve.reached.max() <= curve.questions


def test_it_depends_on_nothing_but_the_examples_and_the_seed(oracle_reader, examples):
    one, other = (calibrated(oracle_reader, examples, "cmrc", seed=3).to_dict() for _ in range(2))
    assert one == other


def test_the_metric_says_what_is_right(oracle_reader, examples):
    """CMRC's rules forgive a full stop, WebQA's do not."""
    marked = [
        Example(e.id, e.question, e.passages, tuple(f"{a}。" for a in e.answers))
        for e in examples
        if e.answers
    ]
    sure = np.array([9.0, 3.0, 3.0])
    forgiving, strict = (calibrated(oracle_reader, marked, metric) for metric in ("cmrc", "webqa"))
    assert forgiving.probability(sure) > 0.5 > strict.probability(sure)


def test_questions_are_asked_of_single_sentences_too():
    text = "白云山主峰高382米。越秀山在广州。"
    asked = Example("1", "白云山多高？", (Passage(text, (Reference("382米", 6),)),), ("382米",))
    (ways,) = _ways([asked], np.random.default_rng(0))
    found = [(one.passages[0].text, one.answers) for one in ways]
    assert found == [(text, ("382米",)), ("白云山主峰高382米。", ("382米",)), ("越秀山在广州。", ())]


@pytest.mark.parametrize(
    ("count", "message"), [(1, "With 1 question the prob"), (29, "With 29 questions the prob"), (30, None)]
)
def test_few_questions_are_warned_of(oracle_reader, examples, count, message):
    """Those without an answer teach nothing, and are not counted."""
    right = [example(i, MOUNTAINS[i % 6], 100 + i) for i in range(count)]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        oracle_reader.calibrate([*right, *examples[-1:] * 30])
    assert [warning.category for warning in told] == ([RoughCalibration] if message else [])
    assert not message or message in str(told[0].message)
    assert all(warning.filename == __file__ for warning in told)


def test_one_question_is_enough_to_give_finite_numbers(oracle_reader, examples):
    judgement = calibrated(oracle_reader, examples[:1], "cmrc")
    assert np.isfinite(judgement.probability(np.zeros(3)))


@pytest.mark.parametrize(
    ("probabilities", "right", "withheld", "expected"),
    [
        ([0.9, 0.1, 0.6], [1, 0, 1], [0, 1, 0], 0.6),  # withhold the one without an answer, give the rest
        ([0.2, 0.4, 0.6], [1, 1, 1], [0, 0, 0], 0.2),  # nothing to withhold
        ([0.2, 0.4, 0.6], [0, 0, 0], [1, 1, 1], 1.0),  # nothing to give
        ([0.2, 0.5, 0.6], [0, 0, 1], [0, 1, 0], 0.6),
        # Equal ones cannot be told apart: all three or none; none makes two right decisions.
        ([0.5, 0.5, 0.5], [0, 0, 1], [1, 1, 0], 1.0),
        ([0.5, 0.5, 0.5], [0, 1, 1], [1, 0, 0], 0.5),
    ],
)
def test_the_threshold_gives_the_most_right_decisions(probabilities, right, withheld, expected):
    found = _best_threshold(np.array(probabilities), np.array(right, bool), np.array(withheld, bool))
    assert found == expected


def test_the_threshold_beats_every_other():
    rng = np.random.default_rng(5)
    probabilities = rng.integers(0, 12, 60) / 12
    withheld = rng.random(60) < 0.4
    right = ~withheld & (rng.random(60) < 0.2 + 0.7 * probabilities)

    def decisions(threshold):
        given = probabilities >= threshold
        return int((right & given).sum() + (withheld & ~given).sum())

    best = _best_threshold(probabilities, right, withheld)
    assert decisions(best) == max(decisions(t) for t in [*probabilities, 1.0])
