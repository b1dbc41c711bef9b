"""The public names: importable, documented, and cheap until they are used."""

import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import maskplay
import maskplay_command

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


def test_the_program_costs_no_more_than_the_command_line() -> None:
    """What starts it is imported before anything can be refused, so it imports nothing by itself."""
    output = _run("import sys, maskplay_command; print(*sys.modules)").stdout.split()
    assert "maskplay_command" in output
    assert "maskplay" not in output


def _run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PATH": "", "HOME": os.devnull, **environment},  # where nothing can be kept
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


@pytest.mark.parametrize("way", ["environment", "file"])
@pytest.mark.parametrize("name", ["foo", "JAX"])
def test_a_backend_that_keras_does_not_know_is_refused(tmp_path: Path, way: str, name: str) -> None:
    environment = {"KERAS_HOME": str(tmp_path)}
    if way == "environment":
        environment["KERAS_BACKEND"] = name
    (tmp_path / "keras.json").write_text(json.dumps({"backend": name}), encoding="utf-8")
    failed = _run("import maskplay", **environment)
    assert failed.returncode == 1
    assert "must be jax, tensorflow or torch, or numpy or openvino" in failed.stderr
    assert f"Received: {name!r}" in failed.stderr


@pytest.mark.parametrize("backend", [["torch"], {}, 5])
def test_a_configuration_that_names_no_text_is_refused(tmp_path: Path, backend: object) -> None:
    (tmp_path / "keras.json").write_text(json.dumps({"backend": backend}), encoding="utf-8")
    assert (
        "ImportError: Keras' backend (KERAS_BACKEND, or in keras.json) must be"
        in _run("import maskplay", KERAS_HOME=str(tmp_path)).stderr
    )


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [
        ("torch", "maskplay: Keras is set to the backend 'torch', which is not installed. Install it "),
        (
            "foo",
            "maskplay: Keras' backend (KERAS_BACKEND, or in keras.json) must be jax, tensorflow or torch, ",
        ),
    ],
)
def test_the_program_tells_of_a_backend_in_one_sentence(backend: str, sentence: str) -> None:
    """Not with a traceback and code 1, which means that there is no answer."""
    program = _HIDE.format(hidden=["torch"]) + "import maskplay_command; maskplay_command.main()"
    told = _run(program, KERAS_BACKEND=backend)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith(sentence)
    assert told.stderr.count("\n") == 1
    traced = _run(program, KERAS_BACKEND=backend, MASKPLAY_TRACEBACK="1")
    assert "Traceback" in traced.stderr


def test_the_console_script_is_the_one_that_tells() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    module, _, name = project["project"]["scripts"]["maskplay"].partition(":")
    assert getattr(importlib.import_module(module), name) is maskplay_command.main
    assert "src/maskplay_command.py" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    done = _run("import sys, maskplay_command; sys.argv = ['maskplay', '--version']; maskplay_command.main()")
    assert done.stdout == f"maskplay {maskplay.__version__}\n"
