"""The vote of passages on a question, each heard as far as it speaks of what is asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from maskplay.decoding import Ranked, Span, relevance, vote
from maskplay.text import fold


def poll(
    question: str,
    spans: Iterable[Span],
    passages: Sequence[str],
    asked: Mapping[int, str] | None = None,
) -> list[Ranked]:
    """Let spans vote, those of passages that leave out what others have of the question with less weight.

    Args:
        question: what was asked.
        spans: what the passages put to the vote.
        passages: their texts, by `Span.passage`.
        asked: those that were asked, folded, by their number; None for all.

    Returns:
        See `maskplay.decoding.vote`; the scores of spans are weighed.
    """
    if asked is None:
        asked = {number: fold(passage) for number, passage in enumerate(passages)}
    weights = dict(zip(asked, relevance(fold(question), list(asked.values())).tolist(), strict=True))
    return vote([replace(span, score=span.score * weights[span.passage]) for span in spans], passages)
