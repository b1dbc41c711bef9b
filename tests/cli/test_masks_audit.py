"""`maskplay masks audit`: verdicts, codes, and files that are not to be trusted."""

import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

keras = pytest.importorskip("keras")
layers = keras.layers

from maskplay.cli.app import app  # noqa: E402
from maskplay.models import TransformerConfig  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask attached")

Audit = Callable[..., Result]


@pytest.fixture
def audit() -> Audit:
    """Run `maskplay masks audit`."""

    def run(*arguments: Any) -> Result:
        result = CliRunner().invoke(app, ["masks", "audit", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


def saved(path: Path, *parts: Any) -> Path:
    keras.Sequential([keras.Input((None,), dtype="int32"), *parts]).save(path)
    return path


def embed() -> Any:
    return layers.Embedding(11, 4, embeddings_initializer="normal", mask_zero=True)


def test_a_good_model(audit: Audit, tmp_path: Path) -> None:
    file = saved(tmp_path / "good.keras", embed(), layers.Conv1D(4, 2, padding="causal"))
    result = audit(file, "--mask", "window(1, 0)", "--length", 5, "--dependencies")
    assert result.exit_code == 0, result.output
    assert "Padding changes nothing that is kept (tried 3 ways" in result.stdout
    assert "The network looks where window(1, 0) allows it, and nowhere else." in result.stdout
    assert "Which input (across) moves which output (down):\n  01234\n0 ■····\n1 ■■···" in result.stdout
    assert result.stdout.endswith("\nIt keeps to its masks.\n")


def test_a_bad_model(audit: Audit, tmp_path: Path) -> None:
    file = saved(tmp_path / "bad.keras", embed(), layers.Conv1D(4, 3, padding="same"))
    result = audit(file, "--mask", "causal", "--length", 5)
    assert result.exit_code == 1
    assert "ignores" in result.stdout
    assert "Padding changes what the model says of the rest." in result.stdout
    assert "\n0 ■!···\n" in result.stdout
    assert result.stdout.endswith("\nIt does not keep to its masks.\n")
    told = json.loads(audit(file, "--mask", "causal", "--length", 5, "--json").stdout)
    assert told["ok"] is told["report"]["ok"] is told["padding"]["ok"] is told["mask"]["ok"] is False
    assert told["report"]["layers"][1]["verdict"] == "ignores"
    assert told["padding"]["changes"][0]["output"]
    assert {(pair["query"], pair["key"]) for pair in told["mask"]["leaks"]} == {
        (0, 1),
        (1, 2),
        (2, 3),
        (3, 4),
    }


def test_amounts_of_padding(audit: Audit, tmp_path: Path) -> None:
    file = saved(tmp_path / "good.keras", embed(), layers.GlobalAveragePooling1D())
    told = json.loads(audit(file, "--amounts", 2, "--amounts", 3, "--json").stdout)
    assert [way.split(" position")[0] for way in told["padding"]["tried"][:2]] == [
        "With 2 more",
        "With 3 more",
    ]
    assert told["padding"]["refused"] == []
    assert audit(file, "--amounts", 0).exit_code == 2


def test_lengths_that_the_model_refuses(audit: Audit, tmp_path: Path) -> None:
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in ("ids", "words")}
    x = layers.Add()([layers.Embedding(11, 4)(x) for x in inputs.values()])
    keras.Model(inputs, layers.Reshape((7, 4))(x)).save(tmp_path / "seven.keras")
    ids = np.array([[3, 1, 4, 1, 5, 9, 2], [2, 7, 0, 0, 0, 0, 0]])
    np.savez(tmp_path / "batch.npz", ids=ids, words=ids)
    result = audit(tmp_path / "seven.keras", "--inputs", tmp_path / "batch.npz", "--amounts", 4)
    assert result.exit_code == 0, result.output
    assert (
        "(tried 1 way, 0 at most).\nRefused by the model: With 4 more positions of padding" in result.stdout
    )
    np.savez(tmp_path / "batch.npz", ids=ids, words=np.zeros_like(ids))
    result = audit(tmp_path / "seven.keras", "--inputs", tmp_path / "batch.npz", "--amounts", 4)
    assert result.exit_code == 2
    assert "There is no padding that could be changed" in result.stderr
    assert "Refused by the model: With 4 more positions of padding" in result.stderr
    assert "Nothing is proven." in result.stderr


def test_what_may_be_seen_need_not_be(audit: Audit, tmp_path: Path) -> None:
    file = saved(tmp_path / "good.keras", embed(), layers.Conv1D(4, 2, padding="causal"))
    arguments = (file, "--mask", "causal", "--length", 5)
    assert "does not look where its mask allows it: 6 pairs" in audit(*arguments).stdout
    result = audit(*arguments, "--allow-unused")
    assert result.exit_code == 0
    assert "The network looks only where causal allows it." in result.stdout
    assert "name it: --mask" in audit(file, "--allow-unused").stderr


def test_the_mask_is_as_long_as_the_sequence(audit: Audit, tmp_path: Path) -> None:
    """And not as the first input, if that is another."""
    inputs = {"age": keras.Input((2,), name="age"), "ids": keras.Input((None,), dtype="int32", name="ids")}
    x = embed()(inputs["ids"]) + layers.Dense(4)(inputs["age"])[:, None]
    keras.Model(inputs, layers.Conv1D(4, 2, padding="causal")(x)).save(tmp_path / "aged.keras")
    result = audit(tmp_path / "aged.keras", "--mask", "window(1, 0)", "--length", 5)
    assert result.exit_code == 0, result.output
    assert "The network looks where window(1, 0) allows it" in result.stdout


def test_arrays_of_ones_own(audit: Audit, tmp_path: Path) -> None:
    inputs = {"x": keras.Input((None, 3), name="x"), "seen": keras.Input((None,), dtype="int32", name="seen")}
    mean = layers.GlobalAveragePooling1D()(inputs["x"], mask=inputs["seen"] != 0)
    keras.Model(inputs, mean).save(tmp_path / "model.keras")
    np.savez(
        tmp_path / "batch.npz",
        x=np.random.default_rng(0).normal(size=(2, 5, 3)),
        seen=[[1] * 5, [1, 1, 0, 0, 0]],
    )
    result = audit(tmp_path / "model.keras", "--inputs", tmp_path / "batch.npz", "--mask-input", "seen")
    assert result.exit_code == 0, result.output
    for name, wrong in (("seen", [[0, 1, 2, 3, 4]] * 2), ("x", [["a"]])):
        arrays = {"x": np.zeros((2, 5, 3)), "seen": [[1] * 5] * 2, name: wrong}
        np.savez(tmp_path / "wrong.npz", **arrays)
        told = audit(tmp_path / "model.keras", "--inputs", tmp_path / "wrong.npz", "--mask-input", "seen")
        assert told.exit_code == 2, told.output
        assert "model.keras: " in told.stderr
    told = audit(tmp_path / "model.keras", "--inputs", tmp_path / "batch.npz", "--length", 5)
    assert told.exit_code == 2
    assert "--length is of made-up inputs" in told.stderr
    refused = audit(tmp_path / "model.keras")
    assert refused.exit_code == 2
    assert "What integers the input 'seen' may hold is not known" in refused.stderr
    (tmp_path / "batch.npz").write_bytes(b"no arrays")
    assert (
        "batch.npz: no .npz or .npy file of plain numbers."
        in audit(tmp_path / "model.keras", "--inputs", tmp_path / "batch.npz").stderr
    )


def test_a_mask_may_tell_the_length(audit: Audit, tmp_path: Path) -> None:
    file = saved(tmp_path / "one.keras", embed(), layers.Dense(3))
    result = audit(file, "--mask", "ranked(0, 1, 2, 3, 4) & window(0)")
    assert result.exit_code == 0, result.output


def test_our_transformer_keeps_to_its_masks(audit: Audit, tmp_path: Path) -> None:
    """Made-up segments are 0 and 1, and tell nothing of padding; tokens are of the whole vocabulary, and do."""
    config = TransformerConfig(vocabulary_size=30, width=4, depth=1, heads=1, hidden=4, max_positions=9)
    config.build().save(tmp_path / "encoder.keras")
    result = audit(tmp_path / "encoder.keras", "--mask", "bidirectional", "--length", 9)
    assert result.exit_code == 0, result.output
    assert "Refused by the model: With 1 more position of padding" in result.stdout


def test_where_nothing_can_be_proven(audit: Audit, tmp_path: Path) -> None:
    inputs = keras.Input((None, 3))
    keras.Model(inputs, layers.Dense(2)(inputs)).save(tmp_path / "model.keras")
    result = audit(tmp_path / "model.keras")
    assert result.exit_code == 2
    assert "Nothing tells where the padding of" in result.stderr
    assert "Nothing is proven." in result.stderr


def test_code_in_a_file_is_not_run(audit: Audit, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    run = layers.Lambda(lambda x, path=str(marker): open(path, "w") and x, output_shape=(None, 4))  # noqa: SIM115
    file = tmp_path / "lambda.keras"
    keras.Sequential([keras.Input((None, 4)), run]).save(file)
    marker.unlink(missing_ok=True)
    result = audit(file)
    assert result.exit_code == 2
    assert (
        "lambda.keras: it holds a Python lambda, which is code of the file's own and is not run."
        in result.stderr
    )
    assert not marker.exists()


def rewritten(path: Path, change: Callable[[Any], None]) -> Path:
    """A `.keras` file with another config.json."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(files["config.json"])
    change(config)
    files["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_classes_that_nobody_registered_are_not_imported(audit: Audit, tmp_path: Path) -> None:
    def evil(config: Any) -> None:
        config["config"]["layers"][1].update(module="os", class_name="system", registered_name="system")

    result = audit(rewritten(saved(tmp_path / "evil.keras", embed()), evil))
    assert result.exit_code == 2
    assert "evil.keras: it needs classes that are not known here: system." in result.stderr

    def gadget(config: Any) -> None:
        config["config"]["layers"][1].update(
            module="keras.utils", class_name="get_file", registered_name=None
        )

    result = audit(rewritten(saved(tmp_path / "gadget.keras", embed()), gadget))
    assert result.exit_code == 2
    assert "gadget.keras: Keras cannot load it" in result.stderr


def test_layers_of_ones_own(audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_audited_layers.py").write_text(
        "import keras\n\n"
        "@keras.saving.register_keras_serializable('mine')\n"
        "class Twice(keras.layers.Layer):\n"
        "    def call(self, x):\n"
        "        return 2 * x\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    import importlib

    twice = importlib.import_module("my_audited_layers").Twice()
    file = saved(tmp_path / "mine.keras", embed(), twice)
    registered = keras.saving.get_custom_objects()
    monkeypatch.delitem(registered, "mine>Twice")
    result = audit(file)
    assert result.exit_code == 2
    assert "it needs classes that are not known here: mine>Twice. Import the module" in result.stderr
    monkeypatch.delitem(sys.modules, "my_audited_layers")
    result = audit(file, "--import", "my_audited_layers")
    assert result.exit_code == 0, result.output
    assert "No module named 'no_such_module'" in audit(file, "--import", "no_such_module").stderr


def test_layers_of_maskplay_need_no_import(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from maskplay.layers import UniformNoise, uniform_noise

    file = saved(tmp_path / "ours.keras", embed(), UniformNoise(0.1))
    # As in a process that has not imported it yet; all is put back at the end.
    monkeypatch.setattr("maskplay.layers.uniform_noise", uniform_noise)
    monkeypatch.delitem(sys.modules, uniform_noise.__name__)
    monkeypatch.delitem(keras.saving.get_custom_objects(), "maskplay>UniformNoise")
    result = audit(file)
    assert result.exit_code == 0, result.output

    def elsewhere(config: Any) -> None:
        config["config"]["layers"][-1].update(module="maskplay.nowhere", registered_name="maskplay>Nothing")

    result = audit(rewritten(file, elsewhere))
    assert result.exit_code == 2
    assert "it needs classes that are not known here: maskplay>Nothing." in result.stderr


def test_files_that_are_no_models(audit: Audit, tmp_path: Path) -> None:
    assert "No such file" in audit(tmp_path / "none.keras").stderr
    (tmp_path / "text.keras").write_text("no archive")
    result = audit(tmp_path / "text.keras")
    assert result.exit_code == 2
    assert "text.keras: no .keras file. Save a model with model.save('model.keras')" in result.stderr
    file = saved(tmp_path / "cut.keras", embed())
    file.write_bytes(file.read_bytes()[:-100])
    assert "cut.keras: no .keras file." in audit(file).stderr

    def damage(config: Any) -> None:
        config["config"]["layers"][1]["config"]["input_dim"] = "many"

    result = audit(rewritten(saved(tmp_path / "odd.keras", embed()), damage))
    assert result.exit_code == 2
    assert "odd.keras: Keras cannot load it" in result.stderr


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("../x", None, "The module '../x' must be importable"),
        ("raises", "1 / 0", "ZeroDivisionError"),
        ("wrong", "def", "SyntaxError"),
        ("leaves", "import sys; sys.exit(0)", "SystemExit: 0"),
    ],
)
def test_modules_that_cannot_be_imported(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str | None, said: str
) -> None:
    """Nor does a module that ends the program pass for a proof."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    if code is not None:
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    result = audit("good.keras", "--import", name)
    assert result.exit_code == 2
    assert result.stderr.startswith("maskplay: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_numbers_and_arrays_that_cannot_be(audit: Audit, tmp_path: Path) -> None:
    file = saved(tmp_path / "good.keras", embed())
    np.savez(tmp_path / "whole.npz", x=np.ones((3, 5), np.int32))
    np.save(tmp_path / "empty.npy", np.zeros((3, 0), np.int32))
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:100])
    for arguments, said in (
        (("--inputs", tmp_path / "cut.npz"), "no .npz or .npy file of plain numbers"),
        (("--inputs", tmp_path / "empty.npy"), "its arrays must hold numbers. Received: an empty one"),
        (("--pad", 10**20), "--pad"),
        (("--amounts", 10**20), "--amounts"),
    ):
        result = audit(file, *arguments)
        assert result.exit_code == 2
        assert said in result.stderr


def test_a_mask_of_very_many_layers(audit: Audit, tmp_path: Path) -> None:
    file = saved(tmp_path / "good.keras", embed(), layers.Conv1D(4, 7, padding="causal"))
    result = audit(file, "--mask", "window(1, 0)", "--length", 5, "--depth", 10**8)
    assert result.exit_code == 0, result.output
