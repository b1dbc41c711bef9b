"""`maskplay measure smoothness`: one command from a saved model and data to how smooth its loss is."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from typer.testing import CliRunner, Result

from maskplay.cli.app import app


def measure(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, ["measure", "smoothness", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models")
    rng = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    inputs = keras.Input((3,), name="x")
    y = layers.BatchNormalization(name="norm")(layers.Dense(2, name="first")(inputs))
    keras.Model(inputs, layers.Dense(1, name="last")(y)).save(path / "model.keras")
    x, targets = rng.standard_normal((40, 3)) + 4, rng.standard_normal((40, 1))
    np.savez(path / "data.npz", x=x, targets=targets)
    np.savez(path / "aimless.npz", x=x)
    np.savez(path / "wide.npz", x=np.ones((40, 5)), targets=targets)
    np.savez(path / "nan.npz", x=x * np.nan, targets=targets)
    np.save(path / "single.npy", x)
    (path / "text.npz").write_text("no numbers")
    return path


def test_a_model_is_measured_drawn_and_told(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "smooth.svg"
    result = measure(
        folder / "model.keras", "--data", folder / "data.npz", "--loss", "mse", "--audit", "--json",
        "--trial-steps", "6", "--picture", picture,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["mode"] == "train"
    assert found["lipschitz"]["low"] <= found["lipschitz"]["value"] <= found["lipschitz"]["high"]
    assert found["tried_rate"] > 0
    assert [row["mode"] for row in found["audit"]["rows"]] == [
        "train",
        "frozen",
        "eval",
        "recalibrated",
        "off",
    ]
    assert "first" in found["normalization"]["layers"][0]["layer"]
    assert picture.exists()
    assert "smooth.svg: drawn" in result.stderr


def test_it_is_told_in_tables(folder: Path) -> None:
    options = ("--loss", "mse", "--trial-steps", "0", "--mode", "frozen", "--samples", "20")
    result = measure(folder / "model.keras", "--data", folder / "data.npz", *options)
    assert result.exit_code == 0, result.stderr
    assert "L, by curvature" in result.stdout
    assert "Centre what first" in result.stdout.replace("functional/", "")


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        ("none.npz", (), "No such file"),
        ("text.npz", (), "no .npz or .npy file of plain numbers"),
        ("single.npy", (), "it must be an .npz with inputs and targets"),
        ("aimless.npz", (), "the targets under the name targets"),
        ("wide.npz", (), "must have the shape (None, 3)"),
        ("nan.npz", (), "Loss and gradient must be finite"),
        ("data.npz", ("--mode", "test"), "mode must be one of train"),
        ("data.npz", ("--loss", "no such loss"), "no such loss"),
    ],
)
def test_faults_are_told_in_a_sentence(folder: Path, data: str, options: tuple[str, ...], said: str) -> None:
    result = measure(folder / "model.keras", "--data", folder / data, "--loss", "mse", *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
