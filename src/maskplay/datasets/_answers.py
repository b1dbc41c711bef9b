"""Reading one gold answer: what it says, and where the passage says it."""

from collections.abc import Iterable
from typing import TypeVar

from maskplay.datasets._notes import Notes, is_number, kind_of, short
from maskplay.datasets._numbers import originals, plain
from maskplay.datasets._passage_text import PassageText
from maskplay.datasets._slots import Slot
from maskplay.datasets.example import Reference

Spans = list[tuple[int, int]]
T = TypeVar("T")


def read_passage(
    places: Iterable[Slot], passage: PassageText, notes: Notes, id: str
) -> tuple[list[str], tuple[Reference, ...]]:
    """Read a passage's answers: their texts for the metrics, and where they are.

    An answer with an offset becomes one reference, the occurrence nearest to it. An answer of a format
    without offsets becomes a reference per occurrence. One that the passage does not hold gets start None.
    """
    answers: list[str] = []
    references: list[Reference] = []
    present, missing = _present(places, notes, id)
    for slot, answer in present:
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
    _drop(missing)
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
    present, missing = _present(places, notes, id)
    for slot, answer in present:
        kinds: dict[str, list[Reference]] = {}
        for passage, collected in zip(passages, found, strict=True):
            spans, kind = _search(answer, passage, slot.is_text)
            here = [Reference(passage.text[start:end], start) for start, end in spans]
            collected += here
            if here:
                kinds.setdefault(kind, here)
        kind = min(kinds, default="")  # "" first: somewhere it stands as it is
        answers.append(_mend(slot, answer, kinds.get(kind, []), kind, notes, id))
    _drop(missing)
    return answers, [unique(references) for references in found]


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """Drop repetitions, keeping the order."""
    return tuple(dict.fromkeys(items))


def _present(places: Iterable[Slot], notes: Notes, id: str) -> tuple[list[tuple[Slot, str]], list[Slot]]:
    """Give the slots that hold an answer, with the answer as the file has it, and the slots that hold none."""
    present: list[tuple[Slot, str]] = []
    missing: list[Slot] = []
    for slot in places:
        value = slot.holder[slot.key]
        if isinstance(value, str) and value.strip():
            present.append((slot, value))
        elif is_number(value):
            present.append((slot, str(value)))
        elif value is None or isinstance(value, str):
            notes.add("answer-missing", slot.where, f"{kind_of(value)} as answer", id=id, repair="left out")
            missing.append(slot)
        else:
            raise notes.refuse("structure", slot.where, f"expected a text, found {kind_of(value)}")
    return present, missing


def _drop(missing: list[Slot]) -> None:
    """Take slots out of the file's tree, the last first, so that the places of the others stay true."""
    for slot in reversed(missing):
        slot.drop()


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
