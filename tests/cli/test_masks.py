"""`maskplay masks draw|explain`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from maskplay.cli.app import app


@pytest.fixture
def masks() -> Callable[..., Result]:
    """Run `maskplay masks` with arguments."""

    def run(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(app, ["masks", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_a_mask_is_drawn(masks: Callable[..., Result]) -> None:
    result = masks("draw", "prefix(2) & window(1)", "--length", "3")
    assert result.exit_code == 0
    assert result.stdout.split("\n") == [
        "prefix(2) & window(1, 1), 3 queries x 3 keys",
        "   0 1 2",
        "0  ████·",
        "1  ████·",
        "2  · ████",
        "",
    ]


def test_tokens_are_words_or_characters(masks: Callable[..., Result]) -> None:
    assert "山  · · ██" in masks("draw", "window(0)", "--tokens", "白云山").stdout
    assert "cat  ████" in masks("draw", "causal", "--tokens", "the cat").stdout
    assert masks("draw", "causal", "--tokens", "白云山", "--last", "1").stdout.endswith("\n山  ██████\n")


def test_pictures_are_written(masks: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "mask.svg"
    result = masks("draw", "causal", "--length", "3", "--out", path, "--title", "A < B", "--theme", "dark")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"{path}: written\n")
    assert "A &lt; B" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("expression", "length"),
    [
        ("packed(2, 3) & causal", 5),
        ("causal & ~padding([1, 1, 0])", 3),
        ("window(1) | permutation(2, 0, 1, 3)", 4),
    ],
)
def test_a_length_that_a_mask_tells_need_not_be_said(
    masks: Callable[..., Result], expression: str, length: int
) -> None:
    assert f", {length} queries x {length} keys" in masks("draw", expression).stdout
    told = json.loads(masks("explain", expression, "--backend", "jax", "--json").stdout)
    assert told["shape"] == [1, length, length]


def test_a_kernel_is_explained(masks: Callable[..., Result]) -> None:
    arguments = ("explain", "causal & padding(3)", "--length", "5", "--backend", "jax", "--device", "cpu")
    text = masks(*arguments).stdout
    assert "is_causal=True, key_value_seq_lengths=[3]" in text
    assert "every query sees something" in text
    found = json.loads(masks(*arguments, "--json").stdout)
    assert found["kernel"] == "flags"
    assert found["shape"] == [1, 5, 5]
    assert json.loads(masks(*arguments, "--last", "2", "--json").stdout)["shape"] == [1, 2, 5]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("draw", "causal & windw(3)", "--length", "4"), "'windw'"),
        (("draw", "prefix(2) & causal"), "or name a mask that tells it, as packed(3, 4) does."),
        (("explain", "causal &"), "How many positions are there?"),
        (("draw", "packed(2, 3) & padding([1])"), "padding takes a number for each of the 5 positions"),
        (("draw", "causal"), "maskplay: How many positions are there? Say --length N"),
        (("draw", "causal", "--length", "4", "--tokens", "ab"), "tokens must be one for each of the 4 keys"),
        (("draw", "causal", "--length", "4", "--out", "mask.gif"), "must end in .svg or .png"),
        (("draw", "causal", "--length", "4", "--last", "5"), "last can give at most all 4 queries"),
        (
            ("draw", "causal", "--length", "4", "--theme", "x", "--out", "x.svg"),
            "Invalid value for '--theme'",
        ),
        (("draw", "causal", "--length", "4", "--theme", "dark"), "name it: --out"),
        (("draw", "prefix(5)", "--length", "4"), "prefix takes from 0 to all 4 positions. Received: 5"),
        (("draw", "padding(-1)", "--length", "4"), "padding takes from 0 to all 4 positions. Received: -1"),
        (("explain", "causal", "--length", "9" * 20), "length must be at most 1073741823"),
        (("draw", "packed(1000000000)"), "At most 1,048,576 positions can be drawn. Received: 1,000,000,000"),
        (("explain", f"packed({'9' * 20})"), "length must be at most 1073741823"),
        (("draw", "padding([1, 0, 2])"), "padding takes a list of 0 and 1. Received: 1, 0, 2"),
        (("explain", "causal", "--length", "4", "--backend", "mxnet"), "backend must be one of"),
    ],
)
def test_what_is_at_fault_is_one_sentence(
    masks: Callable[..., Result], arguments: tuple[str, ...], said: str
) -> None:
    result = masks(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_an_error_points_at_its_place(masks: Callable[..., Result]) -> None:
    lines = masks("draw", "causal & windw(3)", "--length", "4").stderr.split("\n")
    assert lines[1:3] == ["  causal & windw(3)", "           ^^^^^"]
