"""ROUGE (Lin 2004)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from maskplay.metrics.overlap import common_bag
from maskplay.metrics.text_tokens import text_tokens


class Rouge(NamedTuple):
    """F1 of what two texts share, 0 to 1.

    Attributes:
        rouge_1: single tokens.
        rouge_2: pairs of neighbouring tokens.
        rouge_l: the longest common subsequence of tokens.
    """

    rouge_1: float
    rouge_2: float
    rouge_l: float


def rouge(prediction: str, references: Sequence[str]) -> Rouge:
    """Compare a text with what it was to be.

    The rule: tokens are those of `text_tokens`, without stemming and with stop words. Precision is the shared number
    over that of the prediction, recall over that of the reference, F1 their harmonic mean (beta = 1), 0 where nothing
    is shared. A token counts as often as it stands in both. The longest subsequence is that of whole texts, not of
    sentences. Of several references the best counts, for each figure by itself.

    Args:
        prediction: the text.
        references: what it was to be; one at least.

    >>> rouge("police killed the gunman", ["police kill the gunman"])
    Rouge(rouge_1=0.75, rouge_2=0.3333333333333333, rouge_l=0.75)
    """
    if not references or isinstance(references, str):
        raise ValueError(f"references must be a list of at least one text. Received: {references!r:.60}")
    found = [_rouge(text_tokens(prediction), text_tokens(reference)) for reference in references]
    return Rouge(*(max(column) for column in zip(*found, strict=True)))


def _rouge(mine: list[str], theirs: list[str]) -> Rouge:
    pairs = [list(pairwise(tokens)) for tokens in (mine, theirs)]
    return Rouge(
        _f1(len(common_bag(mine, theirs)), len(mine), len(theirs)),
        _f1(len(common_bag(*pairs)), len(pairs[0]), len(pairs[1])),
        _f1(_longest_subsequence(mine, theirs), len(mine), len(theirs)),
    )


def _f1(shared: int, mine: int, theirs: int) -> float:
    return 2 * shared / (mine + theirs) if shared else 0.0


def _longest_subsequence(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """Count the tokens of the longest common subsequence, a bit for each place of `theirs` (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for place, token in enumerate(theirs):
        places[token] = places.get(token, 0) | 1 << place
    full = (1 << len(theirs)) - 1
    row = full
    for token in mine:
        found = row & places.get(token, 0)
        row = ((row + found) | (row - found)) & full
    return len(theirs) - row.bit_count()
