"""`maskplay measure hsic`: one command from a file to a ranking."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from maskplay.cli.app import app


def measure(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, ["measure", "hsic", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(0)
    a, b, noise = rng.standard_normal((3, 150))
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["square", "side", "noise", "y"])
        for row in zip(a, np.where(b > 0, "left", "right"), noise, a**2 + (b > 0), strict=True):
            writer.writerow(row)
    return path


def test_columns_are_ranked(table: Path) -> None:
    result = measure(table, "--target", "y", "--select", "forward", "--count", "2")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["column", "strength", "95", "%", "p", "adjusted", "rows"]
    assert {line.split()[0] for line in lines[1:3]} == {"square", "side"}
    assert lines[3].startswith("noise")
    assert lines[4] == "2 of 3 columns depend on y (*: adjusted p at most 0.05)"
    assert "Together (forward): " in result.stdout
    assert "Strength of all pairs" in result.stdout


def test_json_and_audit(table: Path) -> None:
    result = measure(table, "-t", "y", "--method", "gamma", "--columns", "square,noise", "--audit", "--json")
    found = json.loads(result.stdout)
    assert found["rows"] == 150
    assert [one["column"] for one in found["columns"]] == ["square", "noise"]
    assert found["columns"][0]["adjusted"] < 0.05 < found["columns"][1]["adjusted"]
    assert found["audit"]["passed"] is True


def test_a_table_with_no_complete_row_is_ranked(tmp_path: Path) -> None:
    path = tmp_path / "holes.csv"
    rows = (f"{i}," if i % 2 else f",{i}" for i in range(40))
    path.write_text("a,b,y\n" + "".join(f"{row},{i}\n" for i, row in enumerate(rows)), encoding="utf-8")
    result = measure(path, "-t", "y")
    assert result.exit_code == 0
    assert "2 of 2 columns depend on y" in result.stdout
    assert "All pairs are not drawn here" in result.stdout
    assert "4 rows without missing values" in measure(path, "-t", "y", "--matrix", tmp_path / "m.svg").stderr


def test_all_pairs_and_the_picture(table: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    result = measure(table, "--matrix", tmp_path / "matrix.png")
    assert "Strength of all pairs" in result.stdout
    assert (tmp_path / "matrix.png").exists()
    assert "matrix.png: drawn" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.csv",), "No such file"),
        (("TABLE", "-t", "z"), "must have a column 'z'"),
        (("TABLE", "-t", "y", "--kernel", "rbf"), "--kernel must be gaussian"),
        (("TABLE", "--audit"), "need a --target"),
        (("TABLE", "-t", "y", "--correction", "sidak"), "correction must be one of"),
        (("TABLE", "-t", "y", "--select", "best"), "way must be one of"),
        (("TABLE", "-t", "y", "--columns", "y"), "others than the target"),
        (("TABLE", "-t", "y", "--groups", "y"), "others than the target"),
        (("TABLE", "--columns", "noise"), "two columns or more"),
    ],
)
def test_faults_are_told_in_a_sentence(table: Path, arguments: tuple[str, ...], said: str) -> None:
    result = measure(*(str(table) if one == "TABLE" else one for one in arguments))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
