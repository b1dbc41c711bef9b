"""Calibration: the fit, its thresholds, its errors, its storage."""

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maskplay.decoding import Calibration, PrecisionCurve, brier, expected_calibration_error


def drawn(count=4001, seed=3):
    """Questions whose true log-odds are 1.5 x - 0.5 y + 0.25."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, 2)) * [1.0, 3.0] + [0.0, 5.0]
    truth = 1 / (1 + np.exp(-(1.5 * features[:, 0] - 0.5 * features[:, 1] + 0.25)))
    return features, rng.random(count) < truth, truth


def test_the_fit_finds_the_truth():
    features, correct, truth = drawn()
    calibration = Calibration.fit(features, correct)
    np.testing.assert_allclose(calibration.weights / calibration.scale, [1.5, -0.5], atol=0.1)
    assert np.abs(calibration(features) - truth).mean() < 0.02
    assert expected_calibration_error(calibration(features), correct) < 0.02


def test_the_fit_is_the_minimum():
    # at the optimum, softened targets and probabilities have the same sums, apart from the tiny ridge
    features, correct, _ = drawn(101)
    calibration = Calibration.fit(features, correct)
    yes = int(correct.sum())
    target = np.where(correct, (yes + 1) / (yes + 2), 1 / (101 - yes + 2))
    residual = calibration(features) - target
    assert residual.sum() == pytest.approx(0, abs=1e-6)
    standard = (features - calibration.mean) / calibration.scale
    np.testing.assert_allclose(standard.T @ residual, -1e-4 * 101 * calibration.weights, atol=1e-6)


def test_separable_constant_and_one_sided_data_have_a_finite_fit():
    separable = Calibration.fit([0.0, 1.0, 10.0, 11.0], [0, 0, 1, 1])
    assert 0 < separable([0.0])[0] < 0.5 < separable([11.0])[0] < 1
    # a constant feature decides nothing: softened targets 3/4 (two right) and 1/3 (one wrong), mean 11/18
    constant = Calibration.fit([2.0, 2.0, 2.0], [1, 1, 0])
    np.testing.assert_allclose(constant([2.0, 2.0]), 11 / 18)
    # all right: (n + 1) / (n + 2)
    np.testing.assert_allclose(Calibration.fit([1.0, 2.0, 3.0], [True] * 3)([2.0]), 4 / 5)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.booleans()), min_size=1, max_size=30), st.floats(-1e9, 1e9)
)
def test_probabilities_stay_probabilities(questions, asked):
    features, correct = zip(*questions, strict=True)
    found = Calibration.fit(features, correct)([asked])
    assert 0 <= found[0] <= 1


def test_shapes():
    one = Calibration.fit([0.0, 1.0, 2.0], [0, 1, 1])
    assert one(1.0).shape == ()
    assert one([1.0, 2.0]).shape == (2,)
    assert one([[1.0], [2.0]]).shape == (2,)
    two = Calibration.fit(np.eye(2), [0, 1])
    assert two([1.0, 0.0]).shape == ()
    assert two([[1.0, 0.0]]).shape == (1,)
    assert two(np.zeros((0, 2))).shape == (0,)


def test_threshold_by_hand():
    # from the top, tens of questions: 0.9 right 10/10, 0.8 wrong 10/20, 0.7 right 20/30, 0.6 right 30/40, 0.5 wrong
    # 30/50
    curve = PrecisionCurve.of(np.repeat([0.5, 0.6, 0.7, 0.8, 0.9], 10), np.repeat([0, 1, 1, 0, 1], 10))
    assert [curve.threshold(p) for p in (0.1, 0.6, 0.61, 0.75, 0.76, 0.8)] == [0.5, 0.5, 0.6, 0.6, 0.9, 0.9]
    assert curve.reached.tolist() == [50, 40, 10]
    assert curve.questions == 50


@pytest.mark.parametrize(
    ("precision", "needed"), [(0.5, 4), (0.9, 20), (0.95, 40), (0.99, 200), (0.999, 2000)]
)
def test_a_promise_takes_questions(precision, needed):
    """All of them right, and yet one too few; and never enough for a promise of 1."""
    few, enough = (PrecisionCurve.of([0.5] * count, [1] * count) for count in (needed - 1, needed))
    assert enough.threshold(precision) == 0.5
    promised = rf"it takes {needed} questions to promise it, and of {needed - 1} questions {needed - 1} reach"
    with pytest.raises(ValueError, match=promised):
        few.threshold(precision)
    with pytest.raises(
        ValueError, match=r"a precision of 1 on .* no number of questions is enough to promise it"
    ):
        enough.threshold(1)


def test_the_highest_precision_that_is_named_can_be_had():
    # 35 of 40 right at 0.5, and all 24 at 0.9: 24 questions promise no more than 1 - 2/24, rounded down
    curve = PrecisionCurve.of([0.5] * 16 + [0.9] * 24, [0] * 5 + [1] * 35)
    with pytest.raises(
        ValueError, match=r"of 40 questions 24 reach the threshold; the highest .* 0\.916: ask for less"
    ):
        curve.threshold(0.999)
    assert curve.threshold(0.916) == 0.9
    with pytest.raises(ValueError, match=r"a precision of 0.5 .*; none can be promised: calibrate on more"):
        PrecisionCurve.of([0.5, 0.6], [1, 1]).threshold(0.5)


def test_a_question_that_is_asked_in_several_ways_counts_once():
    # from the top: "a" twice and "b", all right; then "a" again and "c", wrong: 3 of 3, of 4 and of 5
    asked = ["a", "b", "a", "a", "c"]
    curve = PrecisionCurve.of([0.9, 0.9, 0.9, 0.5, 0.4], [1, 1, 1, 0, 0], asked)
    assert curve.questions == 3
    assert curve.reached.tolist() == [3, 2, 2]
    np.testing.assert_allclose(curve.precisions, [0.6, 0.75, 1])
    ways = Calibration.fit(np.ones(100), np.ones(100), np.repeat(np.arange(20), 5)).curve
    assert ways.threshold(0.9) > 0
    with pytest.raises(ValueError, match="it takes 40 questions to promise it, and of 20 questions 20 reach"):
        ways.threshold(0.95)
    with pytest.raises(ValueError, match=r"must have one shape `\(answers,\)`, not \(2,\), \(2,\), \(3,\)"):
        Calibration.fit([0.0, 1.0], [0, 1], [1, 2, 3])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"questions": None}, "questions must be a number of them, not None"),
        ({"questions": True}, "questions must be a number of them, not True"),
        ({"questions": 60.0}, "questions must be a number of them, not 60.0"),
        ({"questions": -(10**400)}, "reached must count some of its"),
        ({"questions": 2}, "reached must count some of its 2 questions and fall"),
        ({"reached": [2, 3]}, "reached must count some of its 3 questions and fall"),
        ({"reached": [3, 0]}, "and fall"),
        ({"reached": [3, 1.5]}, "and fall"),
        ({"reached": [3, float("nan")]}, "and fall"),
        ({"reached": [3]}, "one shape"),
    ],
)
def test_a_curve_that_counts_wrongly_is_refused(change, message):
    stored = {"thresholds": [0.2, 0.8], "precisions": [0.5, 1], "reached": [3, 2], "questions": 3}
    assert PrecisionCurve.from_dict(stored).to_dict() == stored
    with pytest.raises(ValueError, match=message):
        PrecisionCurve.from_dict(stored | change)


def test_the_bundled_reader_promises_what_its_questions_bear():
    config = json.loads((files("maskplay.reading") / "bundled" / "config.json").read_text(encoding="utf-8"))
    calibration = Calibration.from_dict(config["judgement"]["calibration"])
    curve = calibration.curve
    reaching = curve.thresholds[curve.precisions >= 0.9]
    assert calibration.threshold_for_precision(0.9) == reaching[0]
    for precision in (0.999, 1):
        with pytest.raises(
            ValueError, match=f"of {curve.questions} questions .*; the highest to be had is 0"
        ):
            calibration.threshold_for_precision(precision)


def test_equal_probabilities_stand_or_fall_together():
    curve = PrecisionCurve.of([0.5, 0.5, 0.2] * 10, [1, 0, 1] * 10)
    # at 0.5 both: 1/2; at 0.2: 2/3
    assert curve.threshold(0.5) == 0.2
    with pytest.raises(
        ValueError,
        match=r"a precision of 0.9 on .* of 30 questions, no part is answered so well; the highest .* 0\.666: ask",
    ):
        curve.threshold(0.9)


def test_a_share_counts_as_its_decimal():
    curve = PrecisionCurve.of([0.5] * 20, [1] * 18 + [0] * 2)
    assert curve.threshold(0.9) == 0.5


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=40), st.floats(0.01, 1))
def test_threshold_is_the_lowest_that_reaches(answers, precision):
    probabilities, correct = (np.array(column) for column in zip(*answers, strict=True))
    probabilities = probabilities / 10
    reaching = [t for t in probabilities if correct[probabilities >= t].mean() >= precision - 1e-12]
    curve = PrecisionCurve.of(probabilities, correct)
    if reaching and (probabilities >= min(reaching)).sum() * (1 - precision) >= 2 - 1e-9:
        assert curve.threshold(precision) == min(reaching)
    else:
        with pytest.raises(ValueError, match="no threshold reaches"):
            curve.threshold(precision)


def test_the_calibration_keeps_its_promise_on_its_own_data():
    features, correct, _ = drawn(503)
    calibration = Calibration.fit(features, correct)
    threshold = calibration.threshold_for_precision(0.9)
    assert correct[calibration(features) >= threshold].mean() >= 0.9


@pytest.mark.parametrize("precision", [0, -0.1, 1.1, float("nan")])
def test_a_precision_is_a_share(precision):
    with pytest.raises(ValueError, match="a precision must be above 0 and at most 1"):
        PrecisionCurve.of([0.5], [1]).threshold(precision)


def test_errors_by_hand():
    assert brier([1.0, 0.5, 0.0], [1, 1, 0]) == pytest.approx(0.25 / 3)
    # bins of a fifth: (0.2, 0.4] holds 0.3 and 0.4: mean 0.35 against 1/2; (0.8, 1] holds 0.9: against 1
    found = expected_calibration_error([0.3, 0.4, 0.9], [1, 0, 1], bins=5)
    assert found == pytest.approx((2 * 0.15 + 1 * 0.1) / 3)
    # edges: 0 belongs to the first bin, 1 to the last
    assert expected_calibration_error([0.0, 1.0], [0, 1]) == 0
    for measure in (brier, expected_calibration_error):
        with pytest.raises(ValueError, match=r"same shape `\(answers,\)`"):
            measure([0.5], [1, 0])
        with pytest.raises(ValueError, match="between 0 and 1"):
            measure([1.5], [1])
    with pytest.raises(ValueError, match="bins must be at least 1, not 0"):
        expected_calibration_error([0.5], [1], bins=0)


def test_it_survives_json():
    features, correct, _ = drawn(101)
    calibration = Calibration.fit(features, correct)
    again = Calibration.from_dict(json.loads(json.dumps(calibration.to_dict())))
    np.testing.assert_array_equal(again(features), calibration(features))
    assert again.threshold_for_precision(0.8) == calibration.threshold_for_precision(0.8)


GOOD = Calibration.fit([0.0, 1.0, 2.0], [0, 1, 1]).to_dict()
CURVE = GOOD["curve"]


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (None, "must be a mapping with mean, scale, weights, bias, curve, but got NoneType"),
        ({"mean": [0.0]}, r"but got \['mean'\]"),
        (GOOD | {"bias": "x"}, "must be numbers"),
        (GOOD | {"bias": float("nan")}, "bias must be finite"),
        (GOOD | {"mean": [0.0, 1.0]}, "must have one shape"),
        (GOOD | {"scale": [0.0]}, "scale above 0"),
        (GOOD | {"weights": [float("inf")]}, "weights must be finite"),
        (GOOD | {"curve": None}, "a stored precision curve must be a mapping"),
        (GOOD | {"curve": {}}, "a stored precision curve must be a mapping"),
        (GOOD | {"curve": CURVE | {"thresholds": []}}, "one shape"),
        (
            GOOD
            | {
                "curve": {
                    "thresholds": [0.9, 0.1],
                    "precisions": [0.1, 0.9],
                    "reached": [2, 1],
                    "questions": 2,
                }
            },
            "rise",
        ),
        (GOOD | {"curve": CURVE | {"precisions": [0.5, 1.5]}}, "between 0 and 1"),
        (GOOD | {"curve": CURVE | {"thresholds": [float("nan")]}}, "between 0"),
    ],
)
def test_a_damaged_calibration_is_refused(stored, message):
    with pytest.raises(ValueError, match=message):
        Calibration.from_dict(stored)


@pytest.mark.parametrize(
    ("features", "correct", "message"),
    [
        ([], [], "features must have the shape"),
        ([0.0], [0, 1], "for each of the 1 questions"),
        ([0.0], [2], "right .* or wrong"),
        ([np.nan], [1], "features must be finite"),
        (np.zeros((2, 2, 2)), [0, 1], "features must have the shape"),
    ],
)
def test_wrong_data_are_named(features, correct, message):
    with pytest.raises(ValueError, match=message):
        Calibration.fit(features, correct)


def test_wrong_questions_are_named():
    calibration = Calibration.fit(np.eye(2), [0, 1])
    with pytest.raises(ValueError, match=r"features must have the shape \(questions, 2\), not \(1, 3\)"):
        calibration(np.zeros((1, 3)))
