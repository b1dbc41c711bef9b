"""Many passages, one answer: spans that say the same vote together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

from maskplay.decoding.normalise_answer import normalise_answer
from maskplay.decoding.span import Span


@dataclass(frozen=True, slots=True)
class Ranked:
    """One answer of a vote.

    Attributes:
        text: the answer as its best supporting span writes it.
        score: the vote, in [0, passages that support it).
        support: every span that says it, the highest score first.
        key: the normalised form that its spans have in common.
    """

    text: str
    score: float
    support: tuple[Span, ...]
    key: str


def vote(
    spans: Iterable[Span],
    passages: Sequence[str],
    *,
    normalise: Callable[[str], str] = normalise_answer,
) -> list[Ranked]:
    """Let the spans of several passages vote for answers.

    Spans whose texts have the same normalised form say the same. Within a passage an answer has the highest
    score s of its spans; over the passages its vote is `sum(s²) / (1 + sum(s))`: two middling voices do not
    outvote a clear one, many do (Scientific Spaces 5409 and 6906).

    Args:
        spans: candidates with scores in [0, 1], of any passages; usually a few per passage.
        passages: the passages' texts, by `Span.passage`.
        normalise: maps a text to the form in which answers are compared.

    Returns:
        The answers, the highest vote first; among equals the one with the higher best span, then the earlier
        passage, then the earlier and shorter span. The order of `spans` does not matter. Candidates that
        normalise to nothing are left out.

    Raises:
        ValueError: if a span's score is not a number in [0, 1], or it lies outside its passage.

    >>> passages = ["白云山高382米", "主峰海拔３８２米", "高约400米"]
    >>> ranking = vote([Span(4, 8, 0.6, 0), Span(4, 8, 0.5, 1), Span(2, 6, 0.7, 2)], passages)
    >>> [(answer.text, round(answer.score, 3), len(answer.support)) for answer in ranking]
    [('382米', 0.29, 2), ('400米', 0.288, 1)]
    """
    answers: dict[str, list[Span]] = {}
    texts: dict[str, str] = {}  # as the best span of each answer writes it
    for span in sorted(set(spans), key=_order):
        text = _text(span, passages)
        key = normalise(text)
        if key:
            texts.setdefault(key, text)
            answers.setdefault(key, []).append(span)
    ranking = [_ranked(key, support, texts[key]) for key, support in answers.items()]
    return sorted(ranking, key=lambda answer: (-answer.score, *_order(answer.support[0])))


def margin(ranking: Sequence[Ranked]) -> float:
    """How far the first answer's vote is above the runner-up's; its own vote if it has no rival; 0 if none.

    >>> margin([])
    0.0
    """
    first, second, *_ = *(answer.score for answer in ranking[:2]), 0.0, 0.0
    return first - second


def _order(span: Span) -> tuple[float, int, int, int]:
    return -span.score, span.passage, span.start, span.end


def _text(span: Span, passages: Sequence[str]) -> str:
    if not (0 <= span.passage < len(passages) and 0 <= span.start <= span.end <= len(passages[span.passage])):
        raise ValueError(
            f"{span} lies outside of the {len(passages)} passages given: pass the texts it was found in"
        )
    if not (isfinite(span.score) and 0 <= span.score <= 1):
        raise ValueError(f"a vote needs scores between 0 and 1 (probabilities), but got {span}")
    return passages[span.passage][span.start : span.end]


def _ranked(key: str, support: list[Span], text: str) -> Ranked:
    best: dict[int, float] = {}
    for span in support:  # best first
        best.setdefault(span.passage, span.score)
    # fsum, because a plain sum depends on the order of the passages in its last digit
    total = fsum(score * score for score in best.values()) / (1 + fsum(best.values()))
    return Ranked(text, total, tuple(support), key)
