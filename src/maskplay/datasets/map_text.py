"""Changing every text of a dataset, character for character."""

from collections.abc import Callable
from dataclasses import replace

from maskplay.datasets.dataset import Dataset
from maskplay.datasets.example import Example, Passage, Reference
from maskplay.text import simplify


def map_text(dataset: Dataset, function: Callable[[str], str]) -> Dataset:
    """Apply `function` to every question, passage and answer; offsets stay true.

    Args:
        dataset: any dataset.
        function: from a text to a text of the same length, for instance `maskplay.text.simplify`. It is
            called once per distinct passage; examples that shared a passage still do. References become the
            new passage's characters at the old places.

    Raises:
        ValueError: if the function changes the length of a text.
    """
    done: dict[str, str] = {}

    def passage_of(passage: Passage) -> Passage:
        text = done.get(passage.text)
        if text is None:
            text = done[passage.text] = _same_length(function, passage.text)
        return Passage(text, tuple(reference_of(reference, text) for reference in passage.references))

    def reference_of(reference: Reference, text: str) -> Reference:
        if reference.start is None:
            return Reference(_same_length(function, reference.text), None)
        return Reference(text[reference.start : reference.start + len(reference.text)], reference.start)

    def example_of(example: Example) -> Example:
        passages = tuple(map(passage_of, example.passages))
        pairs = zip(example.passages, passages, strict=True)
        changed = {a.text: b.text for x, y in pairs for a, b in zip(x.references, y.references, strict=True)}
        answers = [changed.get(answer) or _same_length(function, answer) for answer in example.answers]
        question = _same_length(function, example.question)
        return Example(example.id, question, passages, tuple(dict.fromkeys(answers)))

    return replace(dataset, examples=tuple(map(example_of, dataset.examples)))


def traditional_to_simplified(dataset: Dataset) -> Dataset:
    """Write a Traditional Chinese dataset (DRCD) in Simplified characters, keeping every offset."""
    return map_text(dataset, simplify)


def _same_length(function: Callable[[str], str], text: str) -> str:
    result = function(text)
    if len(result) != len(text):
        raise ValueError(
            f"the function must keep the length of every text, or offsets go wrong; it made {len(result)} "
            f"characters of {len(text)} ({text[:20]!r})."
        )
    return result
