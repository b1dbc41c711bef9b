"""The arrows between the rooms point down only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "maskplay"

MAY_USE = {
    "masks": set(),
    "layers": {"masks"},
    "models": {"layers", "masks"},
    "text": set(),
    "datasets": {"text"},
    "metrics": set(),
    "decoding": {"text"},
    "reading": {"models", "decoding", "datasets", "metrics", "layers", "masks", "text"},
    "cli": {
        "reading",
        "writing",
        "models",
        "decoding",
        "geometry",
        "datasets",
        "metrics",
        "masks",
        "text",
        "analysis",
    },
    "serving": {"reading", "writing", "retrieval", "datasets", "metrics", "text"},
    "cluster": {"reading", "writing", "retrieval", "datasets", "metrics", "text"},
    "writing": {"models", "decoding", "datasets", "metrics", "layers", "masks", "text"},
    "retrieval": {"models", "decoding", "datasets", "metrics", "text"},
    "analysis": set(),
    "geometry": set(),
}
"""Each room, and the rooms that it may import."""

WITHOUT_KERAS = {"text", "datasets", "metrics", "geometry"}
KERAS = {"keras", "jax", "torch", "tensorflow"}
WRITING = ("decoding/generation/", "decoding/samplers/")
"""What of decoding is for writing: compiled loops. Nothing of it is imported with the rest."""


def imported_by(source: str, package: str) -> Iterator[str]:
    """Give every module that a file imports, wherever in the file; relative names are made absolute."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imports() -> Iterator[tuple[str, str, str]]:
    """Give (room, file, imported module) for the whole package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        if len(inside.parts) > 1:
            package = ".".join(["maskplay", *inside.parts[:-1]])
            for module in imported_by(path.read_text(encoding="utf-8"), package):
                yield inside.parts[0], str(inside), module


IMPORTS = list(imports())


def test_every_room_is_known() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms
    assert rooms <= set(MAY_USE)


def test_the_rules_themselves_have_no_circle() -> None:
    left = dict(MAY_USE)
    while left:
        bottom = [room for room, used in left.items() if not used & set(left)]
        assert bottom, f"a circle among {sorted(left)}"
        for room in bottom:
            del left[room]


def test_arrows_point_down_only() -> None:
    wrong = []
    for room, file, module in IMPORTS:
        parts = module.split(".")
        used = parts[1] if parts[0] == "maskplay" and len(parts) > 1 else None
        if used in MAY_USE and used != room and used not in MAY_USE[room]:
            wrong.append(f"{file} imports {module}")
    assert not wrong


def test_no_room_goes_through_the_front_door() -> None:
    """A name of `maskplay` itself (Reader, pipeline) would be an arrow that the rules cannot see."""
    allowed = {"__version__", "_files", "_number", "_on_cpu", *MAY_USE}
    wrong = [
        f"{file} imports {module}"
        for _, file, module in IMPORTS
        if module.startswith("maskplay.") and module.split(".")[1] not in allowed
    ]
    assert not wrong


@pytest.mark.parametrize("room", sorted(WITHOUT_KERAS))
def test_rooms_without_keras(room: str) -> None:
    wrong = [
        f"{file} imports {module}"
        for own, file, module in IMPORTS
        if own == room and module.split(".")[0] in KERAS
    ]
    assert not wrong


def test_decoding_of_spans_is_numpy_only() -> None:
    wrong = [
        f"{file} imports {module}"
        for room, file, module in IMPORTS
        if room == "decoding" and not file.startswith(WRITING) and module.split(".")[0] in KERAS
    ]
    assert not wrong


def test_the_test_sees_every_form_of_import() -> None:
    source = "import keras.ops\nfrom maskplay import reading\ndef f():\n    from ..layers import x\n    from . import y"
    assert list(imported_by(source, "maskplay.text")) == [
        "keras.ops",
        "maskplay",
        "maskplay.reading",
        "maskplay.layers",
        "maskplay.layers.x",
        "maskplay.text",
        "maskplay.text.y",
    ]
