"""How near what is written comes to what was to be written."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maskplay.metrics import bleu, rouge
from maskplay.writing.pair import Pair
from maskplay.writing.request import Request
from maskplay.writing.source_ids import source_ids
from maskplay.writing.training_data import PairsLeftOut

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
        count: pairs that were written for.
        left_out: pairs whose source is blank, or too long for the network.
        texts: what was written for the others.
    """

    rouge_1: float
    rouge_2: float
    rouge_l: float
    bleu: float
    exact: float
    count: int
    left_out: int
    texts: list[str]


def evaluate(writer: "Writer", pairs: Sequence[Pair], options: Mapping[str, Any]) -> Evaluation:
    """Write and compare; see `Writer.evaluate`.

    Raises:
        ValueError: There are no pairs, or no source can be read.
    """
    given, pairs = len(pairs), _read(writer, pairs, options)
    texts = [best[0].text for best in writer.candidates([pair.source for pair in pairs], **options)]
    targets = [writer.coder.folded(pair.target) for pair in pairs]
    said = [writer.coder.folded(text) for text in texts]  # what was allowed is written as it was given
    found = [rouge(text, [target]) for text, target in zip(said, targets, strict=True)]
    mean = {name: 100 * sum(getattr(one, name) for one in found) / len(found) for name in _ROUGE}
    return Evaluation(
        **mean,
        bleu=100 * bleu(said, [[target] for target in targets]),
        exact=100 * sum(text == target for text, target in zip(said, targets, strict=True)) / len(texts),
        count=len(texts),
        left_out=given - len(texts),
        texts=texts,
    )


def _read(writer: "Writer", pairs: Sequence[Pair], options: Mapping[str, Any]) -> Sequence[Pair]:
    """Leave out the pairs whose source cannot be read, and say so: one of thousands shall not stop the rest."""
    if not pairs:
        raise ValueError("There must be at least one pair to evaluate on. Received none.")
    asked = Request(max_length=options.get("max_length", Request.max_length))
    room = (asked.max_length, writer.network.config.limit)
    found, refused = [], None
    for pair in pairs:
        try:
            source_ids(pair.source, writer.coder, *room)
        except ValueError as error:
            refused = error
        else:
            found.append(pair)
    if not found:
        raise ValueError(
            f"There must be at least one pair whose source can be read. Received {len(pairs)}, of the last: {refused}"
        )
    if refused:
        warnings.warn(
            f"{len(pairs) - len(found):,} of {len(pairs):,} pairs are left out, because their sources cannot be read; "
            f"of the last: {refused}",
            PairsLeftOut,
            stacklevel=4,
        )
    return found


_ROUGE = ("rouge_1", "rouge_2", "rouge_l")
