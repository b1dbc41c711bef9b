"""The public names: importable, documented, and cheap until they are used."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import maskplay

ROOT = Path(__file__).parents[1]


def test_names_are_distinct_and_importable() -> None:
    assert len(set(maskplay.__all__)) == len(maskplay.__all__)
    for name in maskplay.__all__:
        assert getattr(maskplay, name) is not None
        assert name in dir(maskplay)


def test_names_are_those_that_are_documented() -> None:
    table = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `maskplay\.(\w+)", table, re.MULTILINE)
    assert sorted(documented) == maskplay.__all__


@pytest.mark.parametrize(
    "room",
    [
        "analysis",
        "datasets",
        "decoding",
        "geometry",
        "layers",
        "masks",
        "metrics",
        "models",
        "reading",
        "text",
        "writing",
    ],
)
def test_every_room_lists_its_names(room: str) -> None:
    module = importlib.import_module(f"maskplay.{room}")
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'maskplay' has no attribute 'writer'"):
        getattr(maskplay, "wri" + "ter")


def test_pipeline_stays_the_function_however_it_is_imported() -> None:
    importlib.import_module("maskplay.reading.question_answering")
    assert callable(maskplay.pipeline)


@pytest.mark.parametrize(
    "module", ["maskplay", "maskplay.cli", "maskplay.text", "maskplay.datasets", "maskplay.metrics"]
)
def test_import_is_cheap(module: str) -> None:
    program = f"import sys, json, {module}; print(json.dumps(list(sys.modules)))"
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300
    ).stdout
    loaded = set(json.loads(output))
    assert module in loaded
    heavy = {"keras", "jax", "torch", "tensorflow", "scipy", "gensim", "matplotlib", "opencc", "rjieba"}
    if module in ("maskplay", "maskplay.cli"):
        heavy |= {"numpy", "rich", "safetensors"}
    assert not loaded & heavy


def _run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PATH": "", "HOME": "nowhere", **environment},
    )


_HIDE = """
import importlib.util, types, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name in {hidden} else find(name, *rest)
"""
_CHOSEN = "import os, maskplay; print(os.environ.get('KERAS_BACKEND'))"


@pytest.mark.parametrize(
    ("file", "hidden", "environment", "chosen"),
    [
        (None, [], {}, "jax"),
        (None, [], {"KERAS_BACKEND": ""}, "jax"),
        (None, [], {"KERAS_BACKEND": "numpy"}, "numpy"),
        ('{"backend": "numpy"}', [], {}, "None"),  # Keras reads the file itself
        ('{"backend": "numpy"}', [], {"KERAS_BACKEND": "jax"}, "jax"),
        ('{"backend": "tensorflow"}', ["tensorflow"], {}, "jax"),  # as Keras writes it by itself
        ('{"backend": ', [], {}, "jax"),
        ("[]", [], {}, "jax"),
        ("{}", [], {}, "jax"),
    ],
)
def test_jax_is_chosen_only_where_the_user_chose_nothing(
    tmp_path: Path, file: str | None, hidden: list[str], environment: dict[str, str], chosen: str
) -> None:
    if file is not None:
        (tmp_path / "keras.json").write_text(file, encoding="utf-8")
    program = _HIDE.format(hidden=hidden) + _CHOSEN
    assert _run(program, KERAS_HOME=str(tmp_path), **environment).stdout.strip() == chosen


@pytest.mark.parametrize("way", ["environment", "file", "import"])
def test_a_backend_that_is_missing_is_named(tmp_path: Path, way: str) -> None:
    program = _HIDE.format(hidden=["torch"])
    environment = {"KERAS_HOME": str(tmp_path)}
    if way == "environment":
        environment["KERAS_BACKEND"] = "torch"
    elif way == "file":
        (tmp_path / "keras.json").write_text('{"backend": "torch"}', encoding="utf-8")
    else:
        program += """
sys.modules["keras"] = keras = types.ModuleType("keras")
keras.config = types.SimpleNamespace(backend=lambda: "torch")
"""
    failed = _run(program + "import maskplay", **environment)
    assert failed.returncode == 1
    assert "ImportError: Keras is set to the backend 'torch', which is not installed." in failed.stderr
    assert "KERAS_BACKEND=jax" in failed.stderr
