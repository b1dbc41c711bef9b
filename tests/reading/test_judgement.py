import json

import numpy as np
import pytest

from maskplay.decoding import Calibration, Ranked, Span, vote_features
from maskplay.reading.ballot import Outcome
from maskplay.reading.judgement import Judgement
from maskplay.reading.make_answer import make_answer

from .conftest import judgement

FEATURES = np.random.default_rng(0).normal(0, 1, (40, 3))
CALIBRATED = Judgement(
    "focal", judgement().length_prior, Calibration.fit(FEATURES, FEATURES[:, 0] > 0.3), threshold=0.4
)
RANKING = [
    Ranked("382米", 0.4, (Span(1, 5, 0.8, 1), Span(0, 4, 0.7, 0)), "382米"),
    Ranked("高", 0.1, (Span(0, 1, 0.2, 1),), "高"),
]
PASSAGES = ["382米", "高382米"]


def test_without_a_calibration_the_best_span_stands_for_the_probability():
    assert judgement().probability(vote_features(RANKING, PASSAGES)) == pytest.approx(0.8)


@pytest.mark.parametrize(("threshold", "text"), [(0.0, "382米"), (0.8, "382米"), (0.81, ""), (1.0, "")])
def test_an_answer_is_given_from_the_threshold_on(threshold, text):
    answer = make_answer(Outcome(RANKING, vote_features(RANKING, PASSAGES)), PASSAGES, judgement(), threshold)
    assert answer.text == text
    assert answer.score == pytest.approx(0.8)
    assert len(answer.candidates) == 2
    assert [(e.passage, e.start, e.end, e.text) for e in answer.candidates[0].evidence] == [
        (1, 1, 5, "382米"),
        (0, 0, 4, "382米"),
    ]


def test_a_precision_chooses_the_threshold():
    assert CALIBRATED.threshold_for(None) == 0.4
    low, high = CALIBRATED.threshold_for(0.4), CALIBRATED.threshold_for(0.8)
    given = CALIBRATED.probability(FEATURES) >= high
    assert low < high
    assert (FEATURES[given, 0] > 0.3).mean() >= 0.8


def test_a_precision_that_cannot_be_reached():
    calibration = Calibration.fit(FEATURES, np.zeros(40))
    with pytest.raises(ValueError, match=r"no threshold reaches a precision of 0\.8 .* calibrate on more"):
        Judgement("softmax", judgement().length_prior, calibration).threshold_for(0.8)
    with pytest.raises(ValueError, match="above 0 and at most 1, not 90"):
        CALIBRATED.threshold_for(90)
    with pytest.raises(
        TypeError, match=r"precision must be a number above 0 and at most 1\. Received: '0.9'"
    ):
        CALIBRATED.threshold_for("0.9")
    with pytest.raises(
        ValueError,
        match=r"needs a calibrated reader.*`maskplay read calibrate` or Reader\.calibrate, or train it",
    ):
        judgement().threshold_for(0.9)


@pytest.mark.parametrize("one", [judgement(), CALIBRATED], ids=["plain", "calibrated"])
def test_it_survives_json(one):
    again = Judgement.from_dict(json.loads(json.dumps(one.to_dict())))
    assert again.to_dict() == one.to_dict()
    np.testing.assert_allclose(again.probability(FEATURES), one.probability(FEATURES))
