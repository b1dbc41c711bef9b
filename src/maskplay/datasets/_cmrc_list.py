"""The original layout of CMRC 2018: a list of contexts, each with its questions and bare answers."""

from functools import partial

from maskplay.datasets._notes import Node, Notes
from maskplay.datasets._passage_text import PassageText
from maskplay.datasets._squad import one_passage
from maskplay.datasets.example import Example


def read(notes: Notes, tree: list[Node]) -> list[Example]:
    """Read the whole file, mending `tree` on the way."""
    examples: list[Example] = []

    def context(node: Node, where: str) -> None:
        passage = notes.passage(node, "context_text", where)
        notes.each(node, "qas", where, partial(question, passage))

    def question(passage: PassageText, node: Node, where: str) -> None:
        id, text = notes.question(node, "query_id", "query_text", where)
        examples.append(one_passage(notes, node, where, id, text, passage))

    tree[:] = notes.readable(((f"$[{i}]", node) for i, node in enumerate(tree)), context)
    return examples
