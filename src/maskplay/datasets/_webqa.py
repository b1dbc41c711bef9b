"""Baidu's WebQA 1.0: question key -> question and evidences, evidence key -> text and answers."""

from typing import Any

from maskplay.datasets._answers import read_passage, unique
from maskplay.datasets._notes import Node, Notes, kind_of
from maskplay.datasets._slots import slots
from maskplay.datasets.example import Example, Passage

NO_ANSWER = "no_answer"


def read(notes: Notes, tree: dict[str, Any]) -> list[Example]:
    """Read the whole file, mending `tree` on the way."""
    examples: list[Example] = []

    def question(node: Node, where: str) -> None:
        name = where[3:-2]  # $['key']
        evidences = node.get("evidences")
        if not isinstance(evidences, dict):
            detail = f"expected an object, found {kind_of(evidences)}"
            raise notes.refuse("structure", f"{where}.evidences", detail)
        id, text = notes.question(node, "id", "question", where, name=name)
        passages: list[Passage] = []
        answers: list[str] = []

        def evidence(node: Node, where: str) -> None:
            passage = notes.passage(node, "evidence", where)
            places = [s for s in slots(node, "answer", where, notes) if s.holder[s.key] != NO_ANSWER]
            found, references = read_passage(places, passage, notes, id)
            answers.extend(found)
            passages.append(Passage(passage.text, references))

        node["evidences"] = _readable(notes, evidences, f"{where}.evidences", evidence)
        if not passages:
            notes.add("passages-missing", f"{where}.evidences", "no passages", id=id)
        examples.append(Example(id, text, tuple(passages), unique(answers)))

    kept = _readable(notes, dict(tree), "$", question)
    tree.clear()
    tree.update(kept)
    return examples


def _readable(notes: Notes, nodes: dict[str, Any], where: str, read: Any) -> dict[str, Any]:
    kept = notes.readable(((f"{where}['{key}']", node) for key, node in nodes.items()), read)
    alive = {id(node) for node in kept}
    return {key: node for key, node in nodes.items() if id(node) in alive}
