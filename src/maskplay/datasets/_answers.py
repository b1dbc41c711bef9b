"""Reading one gold answer: what it says, and where the passage says it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from maskplay.datasets._notes import Node, Notes, is_number, kind_of, short
from maskplay.datasets._numbers import originals, plain
from maskplay.datasets._passage_text import PassageText
from maskplay.datasets.example import Reference

Spans = list[tuple[int, int]]
T = TypeVar("T")


@dataclass(slots=True)
class Slot:
    """Where a file keeps one answer and its offset, so that both can be mended in place.

    Attributes:
        where: JSON path.
        holder: the list or object that holds the text under `key`.
        starts: the list or object that holds the offset under `start_key`, or None where the format has none.
    """

    where: str
    holder: Any
    key: str | int
    starts: Any = None
    start_key: str | int = ""

    @property
    def claimed(self) -> int | None:
        """The offset that the file gives, if it is one."""
        try:
            value = self.starts[self.start_key]
            return int(value) if not isinstance(value, bool) and int(value) >= 0 else None
        except (TypeError, ValueError, KeyError, IndexError, OverflowError):
            return None

    @property
    def is_text(self) -> bool:
        """Whether the file has a text here, and not a number."""
        return isinstance(self.holder[self.key], str)

    def write(self, text: str, start: int | None) -> None:
        """Put the mended answer back."""
        self.holder[self.key] = text
        has_place = isinstance(self.starts, dict)
        if isinstance(self.starts, list) and isinstance(self.start_key, int):
            has_place = self.start_key < len(self.starts)
        if has_place:
            self.starts[self.start_key] = -1 if start is None else start


def slots(node: Node, key: str, where: str, notes: Notes) -> Iterator[Slot]:
    """Find the answers under `node[key]`: a text, a list of texts, objects with `text`, or parallel lists."""
    value, where = node.get(key), f"{where}.{key}"
    if value is None or value == "":
        return
    if isinstance(value, str) or is_number(value):
        yield Slot(where, node, key)
    elif isinstance(value, dict):
        yield from _slots_of_object(value, where, notes)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, dict):
                yield from _slots_of_object(item, f"{where}[{i}]", notes)
            else:
                yield Slot(f"{where}[{i}]", value, i)
    else:
        raise notes.refuse("structure", where, f"expected answers, found {kind_of(value)}")


def _slots_of_object(node: Node, where: str, notes: Notes) -> Iterator[Slot]:
    if "text" not in node:
        raise notes.refuse("structure", f"{where}.text", "expected a text, found nothing")
    start_key = "start" if "start" in node and "answer_start" not in node else "answer_start"
    texts = node["text"]
    if not isinstance(texts, list):
        yield Slot(f"{where}.text", node, "text", node, start_key)
        return
    starts = node.get(start_key)
    for i in range(len(texts)):
        yield Slot(f"{where}.text[{i}]", texts, i, starts if isinstance(starts, list) else [], i)


def read_passage(
    places: Iterable[Slot], passage: PassageText, notes: Notes, id: str
) -> tuple[list[str], tuple[Reference, ...]]:
    """Read a passage's answers: their texts for the metrics, and where they are.

    An answer with an offset becomes one reference, the occurrence nearest to it. An answer of a format
    without offsets becomes a reference per occurrence. One that the passage does not hold gets start None.
    """
    answers: list[str] = []
    references: list[Reference] = []
    for slot in places:
        answer = _text_of(slot, notes, id)
        if answer is None:
            continue
        claimed = slot.claimed
        if claimed is not None and slot.is_text and passage.text.startswith(answer, claimed):
            found, kind = [(claimed, claimed + len(answer))], ""
        else:
            found, kind = _search(answer, passage, slot.is_text)
        if slot.starts is not None:
            found = sorted(found, key=lambda span: abs(span[0] - (claimed or 0)))[:1]
        here = [Reference(passage.text[start:end], start) for start, end in found]
        answers.append(_mend(slot, answer, here, kind, notes, id))
        references += here or [Reference(answers[-1], None)]
    return answers, unique(references)


def read_common(
    places: Iterable[Slot], passages: list[PassageText], notes: Notes, id: str
) -> tuple[list[str], list[tuple[Reference, ...]]]:
    """Read answers that belong to a question with several passages; no passage has to hold them all."""
    if len(passages) == 1:
        answers, references = read_passage(places, passages[0], notes, id)
        return answers, [references]
    answers = []
    found: list[list[Reference]] = [[] for _ in passages]
    for slot in places:
        answer = _text_of(slot, notes, id)
        if answer is None:
            continue
        kinds: dict[str, list[Reference]] = {}
        for passage, collected in zip(passages, found, strict=True):
            spans, kind = _search(answer, passage, slot.is_text)
            here = [Reference(passage.text[start:end], start) for start, end in spans]
            collected += here
            if here:
                kinds.setdefault(kind, here)
        kind = min(kinds, default="")  # "" first: somewhere it stands as it is
        answers.append(_mend(slot, answer, kinds.get(kind, []), kind, notes, id))
    return answers, [unique(references) for references in found]


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """Drop repetitions, keeping the order."""
    return tuple(dict.fromkeys(items))


def _text_of(slot: Slot, notes: Notes, id: str) -> str | None:
    """Give the answer's text as the file has it; None (and a note) where there is none."""
    value = slot.holder[slot.key]
    if isinstance(value, str) and value.strip():
        return value
    if is_number(value):
        return str(value)
    if value is None or isinstance(value, str):
        notes.add("answer-missing", slot.where, f"{kind_of(value)} as answer", id=id, repair="left out")
        return None
    raise notes.refuse("structure", slot.where, f"expected a text, found {kind_of(value)}")


def _search(answer: str, passage: PassageText, is_text: bool) -> tuple[Spans, str]:
    """Give all spans of the answer in the passage, and the kind of fault that they reveal ("" = none)."""
    size = len(answer)
    if spans := [(start, start + size) for start in passage.exact(answer)]:
        return spans, "" if is_text else "answer-number"
    for text in originals(answer):
        if spans := [(start, start + len(text)) for start in passage.folded(text, whole=True)]:
            return spans, "answer-number"
    if spans := [(start, start + size) for start in passage.folded(answer)]:
        return spans, "answer-differs"
    return passage.loose(answer), "answer-differs"


def _mend(slot: Slot, answer: str, found: list[Reference], kind: str, notes: Notes, id: str) -> str:
    """Note what was wrong, write what was found back into the file's tree, give the text for the metrics."""
    if not found:
        text = plain(answer) if not slot.is_text or answer.endswith(".0") else answer
        notes.add("answer-not-found", slot.where, short(answer), id=id)
        slot.write(text, None)
        return text
    first, claimed = found[0], slot.claimed
    if kind:
        notes.add(kind, slot.where, short(answer), id=id, repair=f"read as {short(first.text)}")
    if slot.starts is not None and first.start != claimed:
        missing = claimed is None
        detail = f"{short(answer)} " + ("has no offset" if missing else f"is not at {claimed}")
        name = "offset-missing" if missing else "offset-wrong"
        notes.add(name, slot.where, detail, id=id, repair=f"found at {first.start}")
    slot.write(first.text, first.start)
    return first.text if kind == "answer-number" else answer
