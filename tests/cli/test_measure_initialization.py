"""`maskplay measure initialization`: one command from a saved model to what is wrong with it."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops
from typer.testing import CliRunner, Result

from maskplay.cli.app import app


def measure(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, ["measure", "initialization", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models of two inputs, one of which has a layer that died, and their data."""
    path = tmp_path_factory.mktemp("models")
    rng = np.random.default_rng(0)
    keras.utils.set_random_seed(0)
    for name, bias in (("good", 0.0), ("bad", -90.0)):
        left, right = keras.Input((6,), name="left"), keras.Input((3,), name="right")
        x = layers.Concatenate(name="both")([left, right])
        x = layers.Dense(8, "relu", name="first", bias_initializer=keras.initializers.Constant(bias))(x)
        keras.Model([left, right], layers.Dense(2, name="last")(x)).save(path / f"{name}.keras")
    np.savez(path / "data.npz", right=rng.standard_normal((40, 3)), left=rng.standard_normal((40, 6)))
    np.savez(path / "half.npz", left=rng.standard_normal((40, 6)))
    np.savez(path / "raw.npz", right=rng.standard_normal((40, 3)), left=500 * rng.standard_normal((40, 6)))
    (path / "text.npz").write_text("no numbers")
    return path


def test_a_good_model_passes(folder: Path) -> None:
    result = measure(folder / "good.keras", "--data", folder / "data.npz")
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["layer", "size", "forward", "backward", "gain", "mean", "rank", "dead"]
    assert [line.split()[0] for line in lines[1:4]] == ["both", "first", "last"]
    assert lines[-1] == "Nothing is wrong."


def test_a_bad_one_is_told_drawn_and_mended(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    better, picture = tmp_path / "better.keras", tmp_path / "signals.svg"
    data = ("--data", folder / "data.npz")
    result = measure(folder / "bad.keras", *data, "--json", "--rescaled", better, "--picture", picture)
    assert result.exit_code == 1, result.stderr
    found = json.loads(result.stdout)
    assert (found["healthy"], found["passes"]) == (False, 2)
    assert found["findings"][0]["cause"] == "dead units"
    assert found["findings"][0]["layers"] == ["first"]
    assert found["after"]["healthy"] is True
    assert [one["layer"] for one in found["rescaled"]] == ["first", "last"]
    assert "signals.svg: drawn" in result.stderr
    assert "better.keras: nothing is wrong any more" in result.stderr
    assert picture.exists()
    bias = keras.saving.load_model(better).get_layer("first").bias
    assert ops.convert_to_numpy(bias).min() > -10


def test_inputs_are_read_by_their_names(folder: Path) -> None:
    result = measure(folder / "good.keras", "--data", folder / "raw.npz", "--samples", "30")
    assert result.exit_code == 1
    assert "1. inputs: not normalised. first reads" in result.stdout


def test_weights_can_be_drawn_anew_and_inputs_made_up(folder: Path) -> None:
    result = measure(folder / "good.keras", "--redraw", "3", "--inference")
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.keras",), "No such file"),
        (("good.keras", "--data", "none.npz"), "No such file"),
        (("good.keras", "--data", "text.npz"), "no .npz or .npy file of plain numbers"),
        (("good.keras", "--data", "half.npz"), "an array for each input, left, right. Missing: right"),
        (("good.keras", "--rescaled", "model.h5"), "--rescaled must end in .keras"),
        (("data.npz",), "no .keras file"),
    ],
)
def test_faults_are_told_in_a_sentence(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    result = measure(*(one if one.startswith("--") else folder / one for one in arguments))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
