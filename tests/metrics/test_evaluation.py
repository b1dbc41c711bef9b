"""From predictions to a benchmark's figures."""

from dataclasses import dataclass

import pytest

from maskplay.metrics import Metric, Score, evaluate, get, names


@dataclass
class Asked:
    id: str
    answers: tuple[str, ...]


THREE = [Asked("1", ("光荣",)), Asked("2", ("上海", "沪")), Asked("3", ("甲乙丙",))]


def test_every_metric_is_found_and_fits_the_protocol():
    for name in names():
        assert isinstance(get(name), Metric)
        assert get(name).name == name


@pytest.mark.parametrize("name", ["CMRC", "", None, []])
def test_an_unknown_metric_is_named(name):
    with pytest.raises(ValueError, match=r"no metric is called .*; the metrics are: cmrc, drcd, squad"):
        get(name)


def test_means_are_over_all_questions():
    # EM: 1, 0, missing; F1: 1, 甲沪 against 沪: P 1/2 R 1 = 2/3, missing
    result = evaluate(THREE, {"1": "光荣", "2": "甲沪"}, "cmrc")
    assert result.em == pytest.approx(100 / 3)
    assert result.f1 == pytest.approx(100 * (1 + 2 / 3) / 3)
    assert result.average == pytest.approx((result.em + result.f1) / 2)
    assert (result.metric, result.count, result.skipped, result.unknown) == ("cmrc", 3, 1, ())


def test_rows_follow_the_questions():
    rows = evaluate(THREE, {"3": "丙", "1": ""}).rows
    assert [row.id for row in rows] == ["1", "2", "3"]
    assert [row.prediction for row in rows] == ["", None, "丙"]
    assert rows[1].references == ("上海", "沪")
    # 丙 against 甲乙丙: P 1, R 1/3
    assert rows[2].score == Score(0.0, 0.5)


def test_predictions_of_no_question_are_reported():
    assert evaluate(THREE, {"9": "x", "1": "y"}).unknown == ("9",)


def test_submitted_only_for_sogou_and_squad2():
    for name, count in (("sogou", 1), ("squad2", 1), ("squad", 3), ("drcd", 3), ("cmrc", 3)):
        result = evaluate(THREE, {"1": "光荣"}, name)
        assert (result.em, result.skipped) == (pytest.approx(100 / count), 2), name


def test_webqa_counts_answers_given():
    # right 1, generated 2, total 3: P 1/2, R 1/3, F1 2/5
    result = evaluate(THREE, {"1": "光荣", "2": "北京", "3": ""}, "webqa")
    assert result.em == pytest.approx(100 / 3)
    assert result.f1 == pytest.approx(40)
    # a missing prediction generates nothing either
    assert evaluate(THREE, {"1": "光荣", "2": "北京"}, "webqa").f1 == pytest.approx(40)


def test_a_metric_of_ones_own():
    class Length:
        name = "length"

        def score(self, prediction, references):
            return Score(float(len(prediction)), 0.0)

        def explain(self, prediction, references):
            return "its length"

        def combine(self, rows):
            return Score(max(row.score.em for row in rows), 0.0)

    assert evaluate(THREE, {"1": "光荣"}, Length()).em == 200


def test_no_questions_at_all():
    for name in names():
        result = evaluate([], {}, name)
        assert (result.em, result.f1, result.count) == (0, 0, 0)


@pytest.mark.parametrize("wrong", [39764.0, ["光荣"], b"x"])
def test_a_prediction_must_be_a_string(wrong):
    with pytest.raises(TypeError, match=r"a prediction must be a string, but that of '1' is"):
        evaluate(THREE, {"1": wrong})
