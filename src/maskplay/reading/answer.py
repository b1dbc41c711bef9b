"""What a reader gives back: one answer, and everything that supports it."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """One span that says the answer.

    Attributes:
        passage: index of the passage, in the order given.
        start: character offset into that passage's own string.
        end: offset behind the last character, so that `passages[passage][start:end] == text`.
        text: the characters there.
        score: how much the span says it, 0 to 1; comparable between passages.
    """

    passage: int
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the answers that were voted for.

    Attributes:
        text: the answer as its best span writes it.
        vote: its share of the vote, see `maskplay.decoding.vote`.
        evidence: every span that says it, the best first.
    """

    text: str
    vote: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one question.

    An answer is true as a condition exactly if there is one: `if answer: ...`.

    Attributes:
        text: the answer, verbatim from a passage; "" where the passages do not answer the question, which is to say,
            where the score of the best candidate is below the threshold.
        score: the probability that the best candidate is right, calibrated on questions held out of training.
        candidates: what was voted for, the best first; the first one is the answer, if there is one.
        threshold: the score that an answer had to reach.

    >>> first = Candidate("382米", 0.5, (Evidence(0, 4, 8, "382米", 0.9),))
    >>> answer = Answer("382米", 0.93, (first,), 0.2)
    >>> answer.evidence[0].start, answer.runner_up, answer.margin, bool(answer)
    (4, None, 0.5, True)
    """

    text: str
    score: float
    candidates: tuple[Candidate, ...]
    threshold: float

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every span that says the answer, the best first; empty where there is no answer."""
        return self.candidates[0].evidence if self else ()

    @property
    def runner_up(self) -> Candidate | None:
        """The best candidate that is not the answer."""
        others = self.candidates[1:] if self else self.candidates
        return others[0] if others else None

    @property
    def margin(self) -> float:
        """How far the first candidate's vote is above the second's; its own vote if it is alone."""
        votes = [candidate.vote for candidate in self.candidates[:2]]
        return votes[0] - votes[1] if len(votes) == 2 else sum(votes)

    def to_dict(self) -> dict[str, Any]:
        """Give everything as JSON-able values, the evidence and the runner-up included."""
        return {
            "text": self.text,
            "score": self.score,
            "threshold": self.threshold,
            "margin": self.margin,
            "evidence": [asdict(evidence) for evidence in self.evidence],
            "runner_up": None if self.runner_up is None else asdict(self.runner_up),
        }
