"""Which format a JSON tree is in, and which reader reads it."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from maskplay.datasets import _cmrc_list, _records, _squad, _webqa
from maskplay.datasets._notes import Notes, contents_of
from maskplay.datasets._parse import Parsed
from maskplay.datasets.example import Example
from maskplay.text import simplify

FORMATS = {
    "squad": "SQuAD 1.1 and 2.0: {data: [{paragraphs: [{context, qas: [{id, question, answers}]}]}]}",
    "cmrc": "CMRC 2018, in SQuAD's layout: Simplified Chinese",
    "drcd": "DRCD, in SQuAD's layout: Traditional Chinese",
    "cmrc-list": "CMRC 2018, original layout: [{context_text, qas: [{query_id, query_text, answers}]}]",
    "webqa": "WebQA 1.0: {key: {question, evidences: {key: {evidence, answer}}}}",
    "sogou": "WebQA and SogouQA as cleaned by Su: [{id, question, passages: [{passage, answer}]}]",
    "jsonl": "one object per line (or in a list): {question, passages or passage or context, answer(s)}",
}
"""Each format's name and layout."""

_SQUAD_LIKE = ("squad", "cmrc", "drcd")


def layout_of(parsed: Parsed, notes: Notes) -> str:
    """Recognise the layout: "squad" (for all in SQuAD's layout), "cmrc-list", "webqa", "sogou" or "jsonl"."""
    tree = parsed.tree
    if parsed.lines:
        return _records_or_sogou(value for _, value in tree)
    if isinstance(tree, dict):
        if isinstance(tree.get("data"), list):
            return "squad"
        if any(isinstance(value, dict) and "evidences" in value for value in islice(tree.values(), 50)):
            return "webqa"
        if "question" in tree:
            return "jsonl"
    if isinstance(tree, list):
        objects = [value for value in tree[:50] if isinstance(value, dict)]
        if any("context_text" in value or "qas" in value for value in objects):
            return "cmrc-list"
        if any("question" in value for value in objects):
            return _records_or_sogou(objects)
    known = "; ".join(f"{name} = {layout}" for name, layout in FORMATS.items())
    raise notes.refuse_all("format", "$", f"found {contents_of(tree)}; expected one of {known}")


def _records_or_sogou(values: Iterable[Any]) -> str:
    for value in islice(values, 50):
        passages = value.get("passages") if isinstance(value, dict) else None
        if isinstance(passages, list) and passages and isinstance(passages[0], dict):
            return "sogou" if "passage" in passages[0] else "jsonl"
    return "jsonl"


def read(layout: str, parsed: Parsed, notes: Notes) -> list[Example]:
    """Read the tree, mending it on the way: what is left in it afterwards is what was read."""
    tree = parsed.tree
    if layout == "squad" and isinstance(tree, dict):
        return _squad.read(notes, tree)
    if layout == "webqa" and isinstance(tree, dict):
        return _webqa.read(notes, tree)
    if layout == "cmrc-list" and isinstance(tree, list) and not parsed.lines:
        return _cmrc_list.read(notes, tree)
    if layout in ("sogou", "jsonl"):
        places = tree if parsed.lines else None
        if isinstance(tree, list) and not parsed.lines:
            places = [(f"$[{i}]", value) for i, value in enumerate(tree)]
        if isinstance(tree, dict):
            places = [("$", tree)]
        if places is not None:
            examples, kept = _records.read(notes, places, listed=layout == "sogou")
            parsed.tree = [("", node) for node in kept] if parsed.lines else kept
            return examples
    raise notes.refuse_all("format", "$", f"not in the format {layout!r}: found {contents_of(tree)}")


def name_and_metric(layout: str, examples: list[Example]) -> tuple[str, str]:
    """Name the format and its benchmark's metric; SQuAD's layout is told apart by its language."""
    if layout in ("webqa", "sogou"):
        return layout, layout
    language = _language(examples)
    if layout == "cmrc-list":
        return layout, "cmrc"
    if layout == "jsonl":
        return layout, "squad" if language == "other" else "cmrc"
    name = {"simplified": "cmrc", "traditional": "drcd"}.get(language, "squad")
    return name, _with_answerless(name, examples)


def metric_of(format: str, examples: list[Example]) -> str:
    """Give the metric of a format that the caller has named."""
    if format in (*_SQUAD_LIKE, "webqa", "sogou"):
        return _with_answerless(format, examples)
    return name_and_metric(format, examples)[1]


def _with_answerless(name: str, examples: list[Example]) -> str:
    """SQuAD 2.0 is SQuAD with questions that have no answer, and has a metric of its own."""
    return "squad2" if name == "squad" and any(not example.answers for example in examples) else name


def layout_named(format: str) -> str:
    """Give the layout of a format's name."""
    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}; received {format!r}.")
    return "squad" if format in _SQUAD_LIKE else format


def _language(examples: list[Example]) -> str:
    """Judge by the first questions: "simplified", "traditional" or "other"."""
    sample = "".join(example.question for example in examples[:300])[:20_000]
    han = sum("\u4e00" <= character <= "\u9fff" for character in sample)
    if han * 5 < len("".join(sample.split())) or not han:
        return "other"
    changed = sum(a != b for a, b in zip(sample, simplify(sample), strict=True))
    return "traditional" if changed * 20 > han else "simplified"
