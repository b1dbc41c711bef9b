"""One object per question: Su's WebQA and SogouQA files, and plain JSON lines."""

from collections.abc import Iterable
from typing import Any

from maskplay.datasets._answers import read_common, read_passage, unique
from maskplay.datasets._notes import Node, Notes, kind_of
from maskplay.datasets._passage_text import PassageText
from maskplay.datasets._slots import Slot, slots
from maskplay.datasets.example import Example, Passage

PASSAGE_KEYS = ("passage", "context", "text", "evidence")
ANSWER_KEYS = ("answers", "answer")
Found = tuple[PassageText, list[Slot] | None]
"""A passage and its own answers; None where it has none of its own, so that the question's answers count."""


def read(
    notes: Notes, places: Iterable[tuple[str, Any]], *, listed: bool = False
) -> tuple[list[Example], list[Node]]:
    """Read (path, object) pairs; give the examples and the objects that were read, mended in place.

    Args:
        notes: the clerk.
        places: the pairs.
        listed: whether "passages" must be a list, as in Su's files; in plain JSON lines one text will do.
    """
    examples: list[Example] = []

    def record(node: Node, where: str) -> None:
        found = _passages(notes, node, where, listed)
        name = None if "id" in node else f"question-{len(examples) + 1}"
        id, question = notes.question(node, "id", "question", where, name=name)
        if not found:
            notes.add("passages-missing", where, "no passages", id=id)
        examples.append(_example(notes, id, question, found, _slots(notes, node, where)))

    kept = notes.readable(places, record)
    return examples, kept


def _example(notes: Notes, id: str, question: str, found: list[Found], common: list[Slot]) -> Example:
    waiting = [passage for passage, own in found if own is None]
    answers, shared = read_common(common, waiting, notes, id)
    rest = iter(shared)
    passages = []
    for passage, own in found:
        if own is None:
            passages.append(Passage(passage.text, next(rest)))
        else:
            texts, references = read_passage(own, passage, notes, id)
            answers += texts
            passages.append(Passage(passage.text, references))
    return Example(id, question, tuple(passages), unique(answers))


def _passages(notes: Notes, node: Node, where: str, listed: bool) -> list[Found]:
    """Find the passages: a list of texts or objects under "passages", or one text."""
    value = node.get("passages")
    if value is None:
        key = next((key for key in PASSAGE_KEYS if node.get(key) is not None), None)
        return [] if key is None else [(notes.passage(node, key, where), None)]
    if isinstance(value, str) and not listed:
        return [(notes.passage(node, "passages", where), None)]
    if not isinstance(value, list):
        raise notes.refuse("structure", f"{where}.passages", f"expected a list, found {kind_of(value)}")
    return [_passage(notes, value, i, f"{where}.passages") for i in range(len(value))]


def _passage(notes: Notes, items: list[Any], i: int, where: str) -> Found:
    item = items[i]
    if not isinstance(item, dict):
        return notes.passage(items, i, where), None
    key = next((key for key in PASSAGE_KEYS if key in item), PASSAGE_KEYS[0])
    passage = notes.passage(item, key, f"{where}[{i}]")
    own = any(key in item for key in ANSWER_KEYS)
    return passage, _slots(notes, item, f"{where}[{i}]") if own else None


def _slots(notes: Notes, node: Node, where: str) -> list[Slot]:
    key = next((key for key in ANSWER_KEYS if node.get(key) is not None), ANSWER_KEYS[0])
    return list(slots(node, key, where, notes))
