"""CMRC 2018 (Cui et al., 2019): exact match and the F1 of the longest contiguous run.

The rules of the official script. Text is lower-cased, stripped, and loses a fixed list of punctuation. EM:
equal to any reference after that. F1: each character in U+4E00-U+9FA5 is a token and every other run is cut
into English words; the overlap is the longest *contiguous* common run, so that a wrong middle costs more than
a wrong boundary; the best F1 over the references counts. Means over all questions; one without a prediction
scores 0.

>>> from maskplay.metrics import cmrc
>>> cmrc.score("光荣和ω-force公司", ["光荣和ω-force", "光荣"])
Score(em=0.0, f1=0.8)
"""

import re
from functools import lru_cache

from maskplay.metrics.comparison import Comparison
from maskplay.metrics.english import english_words
from maskplay.metrics.overlap import longest_common_run
from maskplay.metrics.pairwise import PairwiseMetric

# Dropped wherever they stand. Not among them: ASCII , . ! ? ; ' " ( ) %, the left quote ‘, inner blanks, the
# ellipsis (the official list holds it as a pair of characters, which no single character equals).
_DROPPED = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_PIECE = re.compile("[\u4e00-\u9fa5]|[^\u4e00-\u9fa5]+")


@lru_cache(maxsize=1 << 16)
def _normalise(text: str) -> str:
    return text.lower().strip().translate(_DROPPED)


@lru_cache(maxsize=1 << 16)
def _tokens(normalised: str) -> tuple[str, ...]:
    # Punctuation is gone by now and so does not close a run: "A-B" is the one token "ab".
    found: list[str] = []
    for piece in _PIECE.findall(normalised):
        if "\u4e00" <= piece[0] <= "\u9fa5":
            found.append(piece)
        else:
            found += english_words(piece)
    return tuple(found)


def _compare(prediction: str, reference: str) -> Comparison:
    prediction, reference = _normalise(prediction), _normalise(reference)
    predicted, expected = _tokens(prediction), _tokens(reference)
    shared = longest_common_run(predicted, expected)
    return Comparison(prediction, reference, prediction == reference, predicted, expected, shared)


cmrc = PairwiseMetric("cmrc", _compare)
