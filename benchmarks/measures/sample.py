"""The questions that are measured: of a dataset file, or made up."""

from itertools import islice
from pathlib import Path

import numpy as np

from maskplay.datasets import Example, Passage, Reference, load
from measures.sentences import Fact, facts, filler

_QUESTIONS = 4  # of each passage that is made up
_LENGTH = 456  # characters of it: the median of CMRC 2018


def examples(file: Path | None, count: int, seed: int = 0) -> tuple[list[Example], str]:
    """Take questions of a file, those of a passage together; or make them up.

    Args:
        file: a dataset; None to make passages up.
        count: how many questions; 0 for all of the file.
        seed: which passages.

    Returns:
        The examples, and the name of their metric.
    """
    if file is None:
        return made_up(count or 600, seed), "cmrc"
    dataset = load(file)
    by_passage: dict[str, list[Example]] = {}
    for example in dataset.examples:
        if example.passages and example.question.strip():
            by_passage.setdefault(example.passages[0].text, []).append(example)
    groups = list(by_passage.values())
    order = np.random.default_rng(seed).permutation(len(groups))
    chosen = [example for i in order for example in groups[i]]
    return chosen[: count or None], dataset.metric


def made_up(count: int, seed: int = 0) -> list[Example]:
    """Make examples, four for each passage of some 456 characters."""
    source = facts(seed)
    made: list[Example] = []
    while len(made) < count:
        made += _passage(list(islice(source, _QUESTIONS)), len(made))
    return made[:count]


def _passage(chosen: list[Fact], first: int) -> list[Example]:
    """Put facts and filling sentences into one passage; give a question for each fact."""
    text, starts = "", []
    for number, fact in enumerate(chosen):
        starts.append(len(text) + fact.start)
        text += fact.sentence
        while len(text) < _LENGTH * (number + 1) / len(chosen):
            text += filler(len(text))
    references = [Reference(fact.answer, start) for fact, start in zip(chosen, starts, strict=True)]
    return [
        Example(str(first + i), fact.question, (Passage(text, (reference,)),), (fact.answer,))
        for i, (fact, reference) in enumerate(zip(chosen, references, strict=True))
    ]
