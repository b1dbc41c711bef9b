"""How far a reader's answers can be trusted, learned from questions that trained nothing else."""

import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from maskplay import metrics
from maskplay.datasets import Example, Passage
from maskplay.decoding import Calibration, relevance
from maskplay.reading.judgement import Judgement
from maskplay.text import fold

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader

_DISTRACTORS = 2
# The distractors are those of so many that share most with the question, as if a search had found them.
_DRAWN = 30
_ENOUGH = 30  # questions of which a share is more than chance
_SENTENCE = re.compile(r"[^。！？\n]+[。！？\n]*")


class RoughCalibration(UserWarning):
    """Warns that probabilities were learned from so few questions that they mean little."""


def warn_of_few(examples: Sequence[Example], stacklevel: int = 3) -> None:
    """Warn where too few questions have an answer for probabilities to be learned from them.

    Args:
        examples: of the calibration.
        stacklevel: of the warning; 3 is where the caller was called.
    """
    answered = sum(bool(example.answers) for example in examples)
    if answered < _ENOUGH:
        questions = "question" if answered == 1 else "questions"
        warnings.warn(
            f"With {answered} {questions} the probabilities will be rough, and the threshold little better than "
            f"chance: at least {_ENOUGH} are needed, and a few hundred make good ones.",
            RoughCalibration,
            stacklevel=stacklevel,
        )


def calibrated(reader: "Reader", examples: Sequence[Example], metric: str, seed: int = 0) -> Judgement:
    """Fit the calibration and the threshold of a reader.

    Each question is asked of its own passages; of them among passages of other questions that share some words with it;
    and of those alone, where every answer is wrong. And, for short texts, of the sentence alone that answers it, and of
    another sentence of the same passage, which does not.

    Args:
        reader: its judgement is left as it is.
        examples: questions with answers.
        metric: whose exact match is the measure of being right.
        seed: of the choice of other passages.

    Returns:
        The reader's judgement with a calibration, and with the threshold that gives the most right decisions: right
        answers given, and answers withheld where there is none.
    """
    ways = _ways([example for example in examples if example.answers], np.random.default_rng(seed))
    asked = [example for own in ways for example in own]
    question = np.repeat(_numbers([own[0] for own in ways]), [len(own) for own in ways])
    outcomes = reader.outcomes(asked)
    features = np.array([outcome.features for outcome in outcomes])
    judge = metrics.get(metric)
    right = np.array(
        [
            bool(ranking and example.answers and judge.score(ranking[0].text, example.answers).em == 1)
            for example, (ranking, _) in zip(asked, outcomes, strict=True)
        ]
    )
    calibration = Calibration.fit(features, right, question)
    withheld = np.array([not example.answers for example in asked])
    return replace(
        reader.judgement,
        calibration=calibration,
        threshold=_best_threshold(calibration(features), right, withheld),
    )


def _ways(examples: list[Example], rng: np.random.Generator) -> list[list[Example]]:
    """Give the ways in which each question is asked."""
    passages = list({p.text: Passage(p.text) for example in examples for p in example.passages}.values())
    ways = []
    for example in examples:
        own_ways = [example]
        own = {passage.text for passage in example.passages}
        drawn = [passages[i] for i in rng.choice(len(passages), min(len(passages), _DRAWN + len(own)), False)]
        others = [passage for passage in drawn if passage.text not in own][:_DRAWN]
        alike = relevance(fold(example.question), [fold(passage.text) for passage in others])
        others = [others[i] for i in np.argsort(-alike, kind="stable")[:_DISTRACTORS]]
        if others:
            own_ways.append(replace(example, passages=(*example.passages, *others)))
            own_ways.append(replace(example, passages=tuple(others), answers=()))
        ways.append(own_ways + _sentences(example, rng))
    return ways


def _numbers(examples: list[Example]) -> list[int]:
    """Number questions; the same one of the same passages is one, however often it is there."""
    numbers: dict[tuple[str, ...], int] = {}
    return [
        numbers.setdefault((e.question, *(passage.text for passage in e.passages)), len(numbers))
        for e in examples
    ]


def _sentences(example: Example, rng: np.random.Generator) -> list[Example]:
    """Ask a question of one sentence: the one that answers it, and one that does not."""
    for passage in example.passages:
        starts = [reference.start for reference in passage.references if reference.start is not None]
        if starts:
            cut = list(_SENTENCE.finditer(passage.text))
            right = [match.group() for match in cut if match.start() <= starts[0] < match.end()]
            wrong = [m.group() for m in cut if not any(answer in m.group() for answer in example.answers)]
            chosen = [(right[0], example.answers)] if right else []
            chosen += [(wrong[int(rng.integers(len(wrong)))], ())] if wrong else []
            return [replace(example, passages=(Passage(text),), answers=answers) for text, answers in chosen]
    return []


def _best_threshold(probabilities: np.ndarray, right: np.ndarray, withheld: np.ndarray) -> float:
    """Find the probability from which on to answer, so that most decisions are right."""
    order = np.argsort(probabilities, kind="stable")
    # Answering from position i on: what is withheld rightly before, and answered rightly from there.
    before = np.concatenate([[0], np.cumsum(withheld[order])])
    after = right.sum() - np.concatenate([[0], np.cumsum(right[order])])
    # Equal probabilities are answered together or not at all.
    possible = np.concatenate([[True], np.diff(probabilities[order]) > 0, [True]])
    best = int(np.argmax(np.where(possible, before + after, -1)))
    return float(probabilities[order[best]]) if best < len(order) else 1.0
