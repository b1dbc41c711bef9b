"""`maskplay glue`: numbers, files, refusals."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import trimesh
from typer.testing import CliRunner, Result

from maskplay.cli.app import app

Run = Callable[..., Result]


@pytest.fixture
def glue() -> Run:
    def run(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(app, ["glue", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def test_numbers(glue: Run) -> None:
    text = glue("ellipse", "2", "1", "--triangles", "1000").stdout
    assert "sheet A    ellipse 2 1, 9.688448221 around\n" in text
    assert "volume     3.167463592\n" in text
    assert "convex     yes\n" in text
    assert ", watertight\n" in text


def test_json(glue: Run) -> None:
    found = json.loads(glue("ellipse", "2", "1", "--triangles", "1000", "--json").stdout)
    assert found["volume"] == pytest.approx(3.1674635918581, abs=1e-12)
    assert found["length"] == pytest.approx(1.5697573788407, abs=1e-13)
    assert found["criterion"]["certified_margin"] > 0.98
    assert found["mesh"]["edge_error"] < 1e-12


def test_a_solid_is_written(glue: Run, tmp_path: Path) -> None:
    solid = tmp_path / "solid.glb"
    result = glue("ellipse", "2", "1", "--scale", "30", "--triangles", "2000", "--out", solid)
    assert result.stderr == f"{solid}: solid written\n"
    loaded = trimesh.load(solid, force="mesh")
    assert loaded.is_watertight
    assert loaded.volume == pytest.approx(27000 * 3.16746, rel=1e-4)


def test_every_kind_of_file(glue: Run, tmp_path: Path) -> None:
    names = ["a.stl", "a.svg", "a.png", "a.html"]
    outs = [word for name in names for word in ("--out", tmp_path / name)]
    result = glue("stadium", "20", "10", "--triangles", "400", *outs)
    assert result.exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert "would make them" not in result.stderr


def test_small_patterns_are_remarked(glue: Run, tmp_path: Path) -> None:
    result = glue("ellipse", "2", "1", "--triangles", "100", "--out", tmp_path / "a.svg")
    assert "The sheets are 4 mm long; --scale 40 would make them 160 mm." in result.stderr


def test_two_sheets(glue: Run) -> None:
    refused = glue("ellipse", "2", "1", "--with", "stadium 2 1")
    assert refused.exit_code == 2
    assert "Scale the second by 0.942164" in refused.stderr
    assert glue("ellipse", "2", "1", "--with", "stadium 2 1", "--fit", "--triangles", "400").exit_code == 0
    on_tip = glue(
        "ellipse", "2", "1", "--with", "ellipse 3 1", "--fit", "--onto", "tip", "--triangles", "400", "--json"
    )
    assert json.loads(on_tip.stdout)["volume"] == pytest.approx(1.544161694, abs=1e-9)


def test_mending(glue: Run) -> None:
    words = ["ellipse", "2", "1", "--with", "rectangle 1 1", "--fit", "--triangles", "400"]
    refused = glue(*words)
    assert refused.exit_code == 2
    assert "do not close up as cylinders" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "nearest to ellipse 2 1" in glue(*words, "--mend").stdout


def test_any_offset(glue: Run, tmp_path: Path) -> None:
    page = tmp_path / "slider.html"
    result = glue("ellipse", "2", "1", "--offset", "0.125", "--vertices", "24", "--out", page, "--json")
    found = json.loads(result.stdout)
    assert found["offset"] == 0.125
    assert abs(found["hull_defect"]) < 1e-9
    text = page.read_text(encoding="utf-8")
    assert '"label":"0.125"' in text
    assert '"label":"0.5"' in text
    assert '"shown":4' in text


def test_the_slider_goes_all_around_without_mirror_lines(glue: Run, tmp_path: Path) -> None:
    points = tmp_path / "egg.csv"
    points.write_text("3,0\n1.5,1.2\n-1,1.4\n-2,0.2\n-1,-1.1\n1.5,-1\n", encoding="utf-8")
    page = tmp_path / "slider.html"
    result = glue("spline", points, "--offset", "0.3125", "--vertices", "24", "--out", page)
    assert result.exit_code == 0, result.stderr
    text = page.read_text(encoding="utf-8")
    assert '"label":"0.3125"' in text
    assert '"label":"0.875"' in text
    assert '"shown":5' in text


def test_a_folder_is_no_file(glue: Run, tmp_path: Path) -> None:
    (tmp_path / "a.stl").mkdir()
    result = glue("ellipse", "2", "1", "--out", tmp_path / "a.stl")
    assert result.exit_code == 2
    assert "a.stl cannot be written: it is a folder." in result.stderr
    assert list((tmp_path / "a.stl").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["ellipse", "2"], "A shape is one of: circle RADIUS"),
        (["ellipse", "2", "0"], "must be positive numbers. Received: 2, 0"),
        (["svg", "none.svg"], "none.svg: No such file or directory"),
        (["ellipse", "2", "1", "--out", "a.step"], "--out must end with one of .stl .glb"),
        (["ellipse", "2", "1", "--out", "nowhere/a.stl"], "nowhere: no such folder."),
        (["ellipse", "2", "1", "--offset", "0.1", "--mend"], "leave out --onto and --mend"),
        (["ellipse", "2", "1", "--offset", "0.1", "--onto", "tip"], "leave out --onto and --mend"),
        (["ellipse", "2", "1", "--scale", "0"], "--scale must be a number above 0. Received: 0"),
        (["ellipse", "2", "1", "--scale", "inf"], "--scale must be a number above 0. Received: inf"),
        (
            ["ellipse", "2", "1", "--scale", "1e300"],
            "must be from 1e-40 to 1e+40. Received: 1e+300, 9.68845e+300",
        ),
    ],
)
def test_refusals(glue: Run, words: list[str], text: str) -> None:
    result = glue(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert text in result.stderr


def test_help_has_examples(glue: Run) -> None:
    text = glue("--help").stdout
    assert "\n    maskplay glue ellipse 2 1 --out solid.glb" in text
    assert "\b" not in text
