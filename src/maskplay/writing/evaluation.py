"""How near what is written comes to what was to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maskplay.metrics import bleu, rouge
from maskplay.writing.pair import Pair

if TYPE_CHECKING:
    from maskplay.writing.writer import Writer


@dataclass(frozen=True)
class Evaluation:
    """Scores of a writer, 0 to 100 but for `count`; see `maskplay.metrics.rouge` and `bleu`.

    Attributes:
        rouge_1: F1 of single tokens, mean over the pairs.
        rouge_2: of pairs of neighbours.
        rouge_l: of the longest common subsequence.
        bleu: of the whole set.
        exact: texts that are the target.
        count: pairs.
        texts: what was written.
    """

    rouge_1: float
    rouge_2: float
    rouge_l: float
    bleu: float
    exact: float
    count: int
    texts: list[str]


def evaluate(writer: "Writer", pairs: Sequence[Pair], options: Mapping[str, Any]) -> Evaluation:
    """Write and compare; see `Writer.evaluate`.

    Raises:
        ValueError: There are no pairs.
    """
    if not pairs:
        raise ValueError("There must be at least one pair to evaluate on. Received none.")
    texts = [best[0].text for best in writer.candidates([pair.source for pair in pairs], **options)]
    targets = [writer.coder.folded(pair.target) for pair in pairs]
    found = [rouge(text, [target]) for text, target in zip(texts, targets, strict=True)]
    mean = {name: 100 * sum(getattr(one, name) for one in found) / len(found) for name in _ROUGE}
    return Evaluation(
        **mean,
        bleu=100 * bleu(texts, [[target] for target in targets]),
        exact=100 * sum(text == target for text, target in zip(texts, targets, strict=True)) / len(texts),
        count=len(texts),
        texts=texts,
    )


_ROUGE = ("rouge_1", "rouge_2", "rouge_l")
