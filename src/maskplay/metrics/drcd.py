"""DRCD (Shao et al., 2018): SQuAD 1.1's rules over a bag of characters.

There is no official script; this follows its maintainers' description: the script of SQuAD 1.1 with two
changes. `《》？，。、；：` are dropped beside ASCII punctuation, and F1 counts characters, not words (a blank
inside the answer is one). Many papers score DRCD by CMRC's script instead: their figures are not comparable.

>>> from maskplay.metrics import drcd
>>> drcd.score("梵語的研究", ["《梵語》"])
Score(em=0.0, f1=0.5714285714285715)
"""

from maskplay.metrics.comparison import Comparison
from maskplay.metrics.overlap import common_bag
from maskplay.metrics.pairwise import PairwiseMetric
from maskplay.metrics.squad import normalise

_FULL_WIDTH = "《》？，。、；："


def _compare(prediction: str, reference: str) -> Comparison:
    prediction, reference = normalise(prediction, _FULL_WIDTH), normalise(reference, _FULL_WIDTH)
    shared = common_bag(prediction, reference)
    return Comparison(prediction, reference, prediction == reference, prediction, reference, shared)


drcd = PairwiseMetric("drcd", _compare)
