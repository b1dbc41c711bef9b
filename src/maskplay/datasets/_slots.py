"""Where files keep their answers: texts, lists, objects with offsets, parallel lists."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from maskplay.datasets._notes import Node, Notes, is_number, kind_of


@dataclass(slots=True)
class Slot:
    """Where a file keeps one answer and its offset, so that both can be mended in place.

    Attributes:
        where: JSON path.
        holder: the list or object that holds the text under `key`.
        drop: takes the answer out of the file's tree; later places in the same list move up.
        starts: the list or object that holds the offset under `start_key`, or None where the format has none.
    """

    where: str
    holder: Any
    key: str | int
    drop: Callable[[], Any]
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
        if self.starts is not None:
            self.starts[self.start_key] = -1 if start is None else start


def slots(node: Node, key: str, where: str, notes: Notes) -> Iterator[Slot]:
    """Find the answers under `node[key]`: a text, a list of texts, objects with `text`, or parallel lists."""
    value, where = node.get(key), f"{where}.{key}"
    if value is None or value == "":
        return
    if isinstance(value, str) or is_number(value):
        yield Slot(where, node, key, partial(node.pop, key))
    elif isinstance(value, dict):
        yield from _slots_of_object(value, where, notes, partial(node.pop, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, dict):
                yield from _slots_of_object(item, f"{where}[{i}]", notes, partial(value.pop, i))
            else:
                yield Slot(f"{where}[{i}]", value, i, partial(value.pop, i))
    else:
        raise notes.refuse("structure", where, f"expected answers, found {kind_of(value)}")


def _slots_of_object(node: Node, where: str, notes: Notes, drop: Callable[[], Any]) -> Iterator[Slot]:
    if "text" not in node:
        raise notes.refuse("structure", f"{where}.text", "expected a text, found nothing")
    start_key = "start" if "start" in node and "answer_start" not in node else "answer_start"
    texts = node["text"]
    if not isinstance(texts, list):
        yield Slot(f"{where}.text", node, "text", drop, node, start_key)
        return
    starts = node.get(start_key)
    if not isinstance(starts, list):
        starts = []
    starts += [-1] * (len(texts) - len(starts))
    node[start_key] = starts
    for i in range(len(texts)):
        drop_both = partial(_pop_all, (texts, starts), i)
        yield Slot(f"{where}.text[{i}]", texts, i, drop_both, starts, i)


def _pop_all(lists: tuple[list[Any], list[Any]], i: int) -> None:
    for items in lists:
        items.pop(i)
