"""`maskplay measure smoothness`: one command from a saved model and data to how smooth its loss is."""

import io
import json
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from typer.testing import CliRunner, Result

from maskplay.cli.app import app
from maskplay.cli.stage_display import StageDisplay


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
    stages = ["gradient", "curvature", *(f"curvature of {x}" for x in ("first", "norm", "last"))]
    stages += ["trace", "slices", "learning rates"]
    assert result.stderr.splitlines()[:8] == [f"{n}/8 {what}" for n, what in enumerate(stages, start=1)]


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


QUICK = ("--trial-steps", "0", "--json")


def test_the_loss_is_that_of_the_compiled_model(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,), name="x"), layers.Dense(2)])
    x = np.random.default_rng(0).standard_normal((20, 3)).astype("float32")
    ids = np.arange(20) % 2
    np.savez(tmp_path / "data.npz", x=x, targets=ids)
    file, data = tmp_path / "model.keras", tmp_path / "data.npz"
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.save(file)
    true = float(model.evaluate(x, ids, verbose=0))
    compiled = measure(file, "--data", data, *QUICK)
    assert json.loads(compiled.stdout)["loss"] == pytest.approx(true, rel=1e-5)
    options = ("--loss", "sparse_categorical_crossentropy", "--from-logits")
    named = measure(file, "--data", data, *options, *QUICK)
    assert json.loads(named.stdout)["loss"] == pytest.approx(true, rel=1e-5)
    refused = measure(file, "--data", data, "--loss", "mse", "--from-logits")
    assert (refused.exit_code, "--from-logits is for losses of prob" in refused.stderr) == (2, True)
    refused = measure(file, "--data", data, "--from-logits")
    assert (refused.exit_code, "give --loss NAME too" in refused.stderr) == (2, True)


def test_without_a_loss_a_model_that_is_not_compiled_is_refused(folder: Path) -> None:
    result = measure(folder / "model.keras", "--data", folder / "data.npz")
    assert result.exit_code == 2
    assert "Received: a model that was saved uncompiled" in result.stderr


def test_several_outputs_have_targets_of_their_names(tmp_path: Path) -> None:
    inputs = keras.Input((3,), name="x")
    keras.Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(2, name="b")(inputs)]).save(
        tmp_path / "model.keras"
    )
    x = np.ones((6, 3))
    np.savez(tmp_path / "data.npz", x=x, **{"targets/a": x[:, :1], "targets/b": x[:, :2]})
    np.savez(tmp_path / "one.npz", x=x, targets=x[:, :1])
    result = measure(tmp_path / "model.keras", "--data", tmp_path / "data.npz", "--loss", "mse", *QUICK)
    assert result.exit_code == 0, result.stderr
    result = measure(tmp_path / "model.keras", "--data", tmp_path / "one.npz", "--loss", "mse")
    assert result.exit_code == 2
    assert "targets under the name targets/a, targets/b" in result.stderr


def test_parts_that_cannot_be_measured_are_left_out_with_a_note(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((4, 3), name="x"), layers.GRU(2)]).save(tmp_path / "model.keras")
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", x=rng.standard_normal((6, 4, 3)), targets=rng.standard_normal((6, 2)))
    options = ("--loss", "mse", "--audit", *QUICK)
    result = measure(tmp_path / "model.keras", "--data", tmp_path / "data.npz", *options)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["lipschitz"]["value"] > 0
    assert (found["audit"], found["normalization"]) == (None, None)
    assert "The modes of batch normalization are left out" in result.stderr
    assert "Where to normalize is left out" in result.stderr


def test_what_a_backend_cannot_do_is_told_in_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: object, **__: object) -> None:
        raise NotImplementedError("Curvature needs JAX")

    monkeypatch.setattr("maskplay.analysis.smoothness.smoothness", unable, raising=False)
    result = measure(folder / "model.keras", "--data", folder / "data.npz", "--loss", "mse")
    assert (result.exit_code, result.stderr) == (2, "maskplay: Curvature needs JAX\n")


def test_stages_are_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stderr", Terminal())
    with StageDisplay() as display:
        display("gradient", 1, 2)
        display("curvature", 2, 2)
    shown = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert "1/2" in shown
    assert "curvature" in shown
