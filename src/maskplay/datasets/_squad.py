"""SQuAD's layout, which CMRC 2018 and DRCD share: data > paragraphs > qas > answers."""

from functools import partial

from maskplay.datasets._answers import read_passage, unique
from maskplay.datasets._notes import Node, Notes
from maskplay.datasets._passage_text import PassageText
from maskplay.datasets._slots import slots
from maskplay.datasets.example import Example, Passage


def read(notes: Notes, tree: Node) -> list[Example]:
    """Read the whole file, mending `tree` on the way."""
    examples: list[Example] = []

    def article(node: Node, where: str) -> None:
        notes.each(node, "paragraphs", where, paragraph)

    def paragraph(node: Node, where: str) -> None:
        passage = notes.passage(node, "context", where)
        notes.each(node, "qas", where, partial(question, passage))

    def question(passage: PassageText, node: Node, where: str) -> None:
        id, text = notes.question(node, "id", "question", where)
        examples.append(one_passage(notes, node, where, id, text, passage))

    notes.each(tree, "data", "$", article)
    return examples


def one_passage(
    notes: Notes, node: Node, where: str, id: str, question: str, passage: PassageText
) -> Example:
    """Read the answers of a question about one passage."""
    places = [] if node.get("is_impossible") is True else list(slots(node, "answers", where, notes))
    answers, references = read_passage(places, passage, notes, id)
    return Example(id, question, (Passage(passage.text, references),), unique(answers))
