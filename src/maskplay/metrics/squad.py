"""SQuAD 1.1 and 2.0 (Rajpurkar et al., 2016 and 2018): English words as a bag.

The rules of the official scripts. `squad`: text is lower-cased, loses ASCII punctuation, the articles a, an,
the and superfluous blanks. EM: equal after that. F1 over the bag of words, the best over the references.
Means over all questions; one without a prediction scores 0. A question without references wants an empty
prediction.

`squad2` adds the questions that have no answer: references that normalise to nothing do not count; a question
left without any wants a prediction that normalises to nothing. Means over the questions that have a
prediction.

>>> from maskplay.metrics import squad, squad2
>>> squad.score("in the United States", ["United States", "the US"])
Score(em=0.0, f1=0.8)
>>> squad2.score("", []), squad2.score("Paris", [])
(Score(em=1.0, f1=1.0), Score(em=0.0, f1=0.0))
"""

import re
import string
from collections.abc import Sequence

from maskplay.metrics.comparison import Comparison
from maskplay.metrics.overlap import common_bag
from maskplay.metrics.pairwise import PairwiseMetric
from maskplay.metrics.row import mean_over_submitted

_ARTICLE = re.compile(r"\b(a|an|the)\b")
_DROPPED = str.maketrans("", "", string.punctuation)


def normalise(text: str, extra: str = "") -> str:
    """Lower-cased text without punctuation, articles and superfluous blanks, in this order.

    Args:
        text: an answer.
        extra: further characters to drop beside ASCII punctuation.

    >>> normalise("The  U.S. Army's")
    'us armys'
    """
    text = text.lower().translate(_DROPPED | dict.fromkeys(map(ord, extra)))
    return " ".join(_ARTICLE.sub(" ", text).split())


def _compare(prediction: str, reference: str) -> Comparison:
    prediction, reference = normalise(prediction), normalise(reference)
    predicted, expected = prediction.split(), reference.split()
    shared = common_bag(predicted, expected)
    return Comparison(prediction, reference, prediction == reference, predicted, expected, shared)


def _meaningful(references: Sequence[str]) -> Sequence[str]:
    return tuple(reference for reference in references if normalise(reference))


def _silence(prediction: str) -> bool:
    return not normalise(prediction)


squad = PairwiseMetric("squad", _compare)
squad2 = PairwiseMetric("squad2", _compare, mean_over_submitted, _meaningful, _silence, answerless=True)
