"""The clerk of a reading: collects faults, hands out ids and passages, refuses what cannot be read."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from maskplay.datasets._passage_text import PassageText
from maskplay.datasets.dataset_error import DatasetError
from maskplay.datasets.fault import Fault

Node = dict[str, Any]


class Skip(Exception):
    """Leave the current question or passage out (lenient reading only); never leaves this package."""


class Notes:
    """What is known while one file is read.

    Args:
        file: the file's name, for messages.
        strict: whether a fault that costs a question is an error (`load`) or a note (`doctor`, `repair`).
    """

    def __init__(self, file: str, *, strict: bool) -> None:
        self.file = file
        self.strict = strict
        self.faults: list[Fault] = []
        self._ids: dict[str, int] = {}  # each taken name and the last number tried behind it
        self._passages: dict[str, PassageText] = {}

    def add(self, kind: str, where: str, detail: str, *, id: str = "", repair: str | None = None) -> None:
        """Note a fault that reading survives."""
        self.faults.append(Fault(kind, where, detail, id, repair))

    def refuse(self, kind: str, where: str, detail: str) -> Skip:
        """Raise the error of a strict reading, or note that something is left out and give the Skip to raise."""
        return self._refuse(kind, where, detail, "left out")

    def refuse_all(self, kind: str, where: str, detail: str) -> Skip:
        """The same, where nothing is left."""
        return self._refuse(kind, where, detail, None)

    def _refuse(self, kind: str, where: str, detail: str, repair: str | None) -> Skip:
        if self.strict:
            raise DatasetError(f"{self.file}: {where}: {detail}.")
        self.add(kind, where, detail, repair=repair)
        return Skip()

    def each(self, node: Node, key: str, where: str, read: Callable[[Node, str], None]) -> None:
        """Read the objects of the list `node[key]`; those that cannot be read leave the list."""
        items = node.get(key)
        if not isinstance(items, list):
            raise self.refuse("structure", f"{where}.{key}", f"expected a list, found {kind_of(items)}")
        node[key] = self.readable(((f"{where}.{key}[{i}]", item) for i, item in enumerate(items)), read)

    def readable(self, items: Any, read: Callable[[Node, str], None]) -> list[Node]:
        """Read (path, object) pairs; give the objects that could be read."""
        kept = []
        for where, item in items:
            taken = len(self._ids)
            try:
                if not isinstance(item, dict):
                    raise self.refuse("structure", where, f"expected an object, found {kind_of(item)}")
                read(item, where)
            except Skip:
                while len(self._ids) > taken:  # the id of a question left out is free again
                    self._ids.popitem()
                continue
            kept.append(item)
        return kept

    def text(self, node: Any, key: str | int, where: str) -> str:
        """Give the text `node[key]`; a number becomes one."""
        value = node.get(key) if isinstance(node, dict) else node[key]
        if isinstance(value, str):
            return value
        place = f"{where}.{key}" if isinstance(key, str) else f"{where}[{key}]"
        if not is_number(value):
            raise self.refuse("structure", place, f"expected a text, found {kind_of(value)}")
        node[key] = str(value)
        self.add("number", place, f"the number {short(value)}", repair="read as text")
        return node[key]

    def question(
        self, node: Node, id_key: str, key: str, where: str, *, name: str | None = None
    ) -> tuple[str, str]:
        """Give the question's id (`name`, where the format keeps it elsewhere) and text."""
        text = self.text(node, key, where)
        id = self._id(node, id_key, where, name)
        if not text.strip():
            self.add("question-empty", f"{where}.{key}", "no question", id=id)
        return id, text

    def passage(self, node: Any, key: str | int, where: str) -> PassageText:
        """Give the passage `node[key]`: the same object for the same text."""
        text = self.text(node, key, where)
        if text not in self._passages:
            if not text.strip():
                self.add("passage-empty", f"{where}.{key}", "no text")
            self._passages[text] = PassageText(text)
        return self._passages[text]

    def _id(self, node: Node, key: str, where: str, given: str | None) -> str:
        """Give the id, made if missing and made unique if taken; `given` stands for `node[key]`."""
        value = node.get(key) if given is None else given
        wanted = str(value).strip() if isinstance(value, str) or is_number(value) else ""
        name = self._free(wanted or f"question-{len(self._ids) + 1}")
        if not wanted:
            self.add(
                "id-missing", f"{where}.{key}", f"{kind_of(value)} as id", id=name, repair=f"named {name}"
            )
        elif name != wanted:
            self.add(
                "id-duplicate", f"{where}.{key}", f"{short(wanted)} again", id=name, repair=f"named {name}"
            )
        if given is None and name != wanted:
            node[key] = name
        return name

    def _free(self, name: str) -> str:
        """Take the name, or the first free one of name#2, name#3 and so on."""
        free, number = name, self._ids.get(name, 1)
        while free in self._ids:
            number += 1
            free = f"{name}#{number}"
        self._ids[name] = number
        self._ids.setdefault(free, 1)
        return free


def is_number(value: Any) -> bool:
    """Tell JSON numbers from everything else (True is none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def kind_of(value: Any) -> str:
    """Name a JSON value for a message."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    names = ((str, "a text"), (dict, "an object"), (list, "a list"), (int | float, "a number"))
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)


def contents_of(value: Any) -> str:
    """Name a JSON value and what is in it.

    >>> contents_of([{"x": 1}])
    'a list that begins with an object with the keys x'
    """
    if isinstance(value, dict):
        return "an object with the keys " + (", ".join(map(str, islice(value, 5)))[:80] or "(none)")
    if isinstance(value, list):
        return f"a list that begins with {contents_of(value[0])}" if value else "an empty list"
    return kind_of(value)


def short(value: Any, length: int = 30) -> str:
    """Show a value in a message, never at length."""
    shown = str(value)
    shown = repr(shown) if isinstance(value, str) else shown
    return shown if len(shown) <= length else f"{shown[: length - 2]}…{shown[-1]}"
