"""SogouQA: accuracy, and F1 over a bag of characters."""

from collections.abc import Sequence
from dataclasses import dataclass

from maskplay.metrics.comparison import Comparison
from maskplay.metrics.overlap import common_bag
from maskplay.metrics.pairwise import NO_REFERENCE, all_or_nothing, headline, is_blank
from maskplay.metrics.row import Row, mean_over_submitted
from maskplay.metrics.score import Score

# The benchmark's own list; 々, ° and the arrows are in it, the yen sign ¥ and the full-width % are not
# (the latter is dropped all the same, once it is half-width).
_PUNCTUATION = (
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    "\u00a0¤§¨°±·×÷ˇˉ—‖‘’“”•…‰′″※№←↑→↓∈∑√∞∠∨∩∴∵∶≈≌≠≡≤≥≮≯⊙⊥⌒■□▲△◆◇◎●★☆♀♂"
    "\u3000、。〃々〈〉《》「」『』【】〓〔〕〖〗﹑！＄（），．：；？＿～￠￣￥"
)
_AS_BLANK = str.maketrans(dict.fromkeys(_PUNCTUATION, " "))
# Full width to half width: the block U+FF01-U+FF5E and the ideographic blank.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _normalise(text: str) -> str:
    return "".join(text.translate(_HALF_WIDTH).lower().translate(_AS_BLANK).split())


def _pieces(text: str) -> frozenset[str]:
    return frozenset(filter(None, map(_normalise, text.translate(_AS_BLANK).split())))


def _compare(prediction: str, reference: str) -> Comparison:
    prediction, reference = _normalise(prediction), _normalise(reference)
    shared = common_bag(prediction, reference)
    return Comparison(prediction, reference, prediction == reference, prediction, reference, shared)


@dataclass(frozen=True, slots=True)
class SogouMetric:
    """SogouQA (post 6906 of Scientific Spaces evaluates on it), the rules of its official script.

    Text is folded to half width and lower-cased, and loses punctuation and blanks. Accuracy (`em`): equal to
    an accepted answer after that; or, cut at punctuation and blanks, the same *set* of pieces as the standard
    answer, which is the first reference, so that the order of listed things does not matter. An empty answer
    is wrong. F1: character multiset overlap, the best over the accepted answers. Final: the mean of the two
    (`Evaluation.average`). Means are over the submitted predictions: give every question one, if need be "".

    >>> sogou.score("李白、杜甫", ["杜甫，李白"])
    Score(em=1.0, f1=1.0)
    """

    name: str = "sogou"
    answerless: bool = False

    def score(self, prediction: str, references: Sequence[str]) -> Score:
        """Accuracy and the best character F1."""
        if not references:
            return all_or_nothing(is_blank(prediction))
        if is_blank(prediction):
            return Score(0.0, 0.0)
        found = [_compare(prediction, reference) for reference in references]
        right = any(one.exact for one in found) or _pieces(prediction) == _pieces(references[0])
        return Score(float(right), max(one.f1 for one in found))

    def explain(self, prediction: str, references: Sequence[str]) -> str:
        """The comparison with every reference, and the pieces, in words."""
        lines = [headline(self.name, prediction, self.score(prediction, references))]
        if not references:
            return "\n".join([*lines, NO_REFERENCE])
        for number, reference in enumerate(references, 1):
            lines.append(f"  reference {number}: {reference!r}")
            lines += ["    " + line for line in _compare(prediction, reference).lines()]
        listed = [" ".join(sorted(_pieces(text))) or "(nothing)" for text in (prediction, references[0])]
        lines.append(f"  pieces, in any order: {listed[0]} | {listed[1]} (reference 1)")
        return "\n".join(lines)

    def combine(self, rows: Sequence[Row]) -> Score:
        """The mean over the submitted predictions."""
        return mean_over_submitted(rows)


sogou = SogouMetric()
"""SogouQA's metric; see `SogouMetric`."""
