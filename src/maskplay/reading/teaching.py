"""What trained readers think of the questions that another is to learn (distillation, Hinton et al. 2015)."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from maskplay._files import write_whole
from maskplay.reading.span_scores import span_scores
from maskplay.reading.training_data import TrainingData

if TYPE_CHECKING:
    from maskplay.reading.reader import Reader

Tell = Callable[[int, int], object]
_AT_ONCE = 64  # passages that are read together


def teach(
    data: TrainingData,
    teachers: Sequence["Reader"],
    file: Path,
    tell: Tell = lambda done, total: None,
) -> None:
    """Put into `data.taught` where teachers believe that answers start and end, on average.

    Args:
        data: its pairs that have an answer are asked.
        teachers: any readers, those of checkpoints too.
        file: keeps what they said, for a run that goes on.
        tell: is called with how many of how many pairs are done.

    Raises:
        ValueError: if the file is damaged.
    """
    asked = [pair for pair in data.pairs if pair.spans]
    identity = _identity(data, [(pair.question, pair.passage) for pair in asked], teachers)
    said = _kept(file, identity)
    if said is None:
        total = np.zeros((sum(len(data.texts[pair.passage]) for pair in asked), 2), np.float32)
        for number, teacher in enumerate(teachers):
            total += _opinions(
                teacher, data, partial(_tell, tell, number * len(asked), len(teachers) * len(asked))
            )
        said = (total / len(teachers)).astype(np.float16)
        write_whole(file, save({"said": said}, metadata={"identity": identity}))
    ends = np.cumsum([len(data.texts[pair.passage]) for pair in asked])
    for pair, opinion in zip(asked, np.split(said, ends[:-1]), strict=True):
        data.taught[pair.question, pair.passage] = opinion


def part(opinion: np.ndarray, *kept: slice) -> np.ndarray | None:
    """Restrict an opinion `(characters, 2)` to parts of its passage; None where less than half of it is left.

    >>> part(np.array([[0.2, 0.0], [0.6, 0.5], [0.2, 0.5]]), slice(1, 3)).tolist()
    [[0.75, 0.5], [0.25, 0.5]]
    """
    left = np.concatenate([opinion[one] for one in kept]).astype(np.float32)
    mass = left.sum(axis=0)
    return left / mass if (mass > 0.5).all() else None


def _opinions(teacher: "Reader", data: TrainingData, tell: Callable[[int], object]) -> np.ndarray:
    """Ask a teacher all that has an answer: probabilities of start and end, pair by pair."""
    asked = [(number, pair) for number, pair in enumerate(p for p in data.pairs if p.spans)]
    asked.sort(key=lambda one: one[1].passage)
    found: dict[int, np.ndarray] = {}
    passages = list(dict.fromkeys(pair.passage for _, pair in asked))
    for i in range(0, len(passages), _AT_ONCE):
        chosen = {passage: place for place, passage in enumerate(passages[i : i + _AT_ONCE])}
        own = [(number, pair) for number, pair in asked if pair.passage in chosen]
        scores = teacher.scores(
            [data.asked[pair.question] for _, pair in own],
            [data.texts[passage] for passage in chosen],
            [chosen[pair.passage] for _, pair in own],
        )
        for (number, pair), one in zip(own, scores, strict=True):
            found[number] = _probabilities(one, teacher.judgement.objective, len(data.texts[pair.passage]))
        tell(len(found))
    return np.concatenate([found[number] for number in range(len(asked))])


def _tell(tell: Tell, before: int, total: int, done: int) -> None:
    tell(before + done, total)


def _probabilities(scores: np.ndarray | None, objective: str, length: int) -> np.ndarray:
    """Give probabilities of start and end `(length, 2)`; all the same where a teacher cannot read the passage."""
    if scores is None:
        return np.full((length, 2), 1 / length, np.float32)
    read = span_scores([scores], objective)
    likely = np.exp(np.stack([read.start[0], read.end[0]], axis=1))
    return (likely / likely.sum(axis=0)).astype(np.float32)


def _identity(data: TrainingData, pairs: Sequence[tuple[int, int]], teachers: Sequence["Reader"]) -> str:
    digest = hashlib.sha256(repr(pairs).encode())
    for text in (*data.texts, *data.asked):
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    for teacher in teachers:
        digest.update(repr(teacher.config).encode())
        digest.update(repr(teacher.judgement.to_dict()).encode())
    return digest.hexdigest()


def _kept(file: Path, identity: str) -> np.ndarray | None:
    """Read what teachers said before, if it was of these."""
    from safetensors import safe_open

    if not file.exists():
        return None
    try:
        with safe_open(file, "numpy") as opened:
            return load_file(file)["said"] if (opened.metadata() or {}).get("identity") == identity else None
    except (SafetensorError, KeyError, OSError) as error:
        raise ValueError(f"{file} is damaged: {error}. Remove it to ask the teachers again.") from None
