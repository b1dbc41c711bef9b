"""From a vote to an answer with its evidence."""

from collections.abc import Sequence

from maskplay.decoding import Ranked
from maskplay.reading.answer import Answer, Candidate, Evidence
from maskplay.reading.ballot import Outcome
from maskplay.reading.judgement import Judgement


def make_answer(outcome: Outcome, passages: Sequence[str], judgement: Judgement, threshold: float) -> Answer:
    """Judge a vote.

    Args:
        outcome: of the vote.
        passages: the texts that its spans are of.
        judgement: says how far to trust the vote.
        threshold: the probability that an answer must reach.
    """
    ranking = outcome.ranking
    candidates = tuple(Candidate(one.text, one.score, _evidence(one, passages)) for one in ranking)
    score = float(judgement.probability(outcome.features)) if ranking else 0.0
    found = bool(ranking) and score >= threshold
    return Answer(candidates[0].text if found else "", score, candidates, threshold)


def _evidence(ranked: Ranked, passages: Sequence[str]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            span.passage, span.start, span.end, passages[span.passage][span.start : span.end], span.score
        )
        for span in ranked.support
    )
