"""What the signal report finds, and what it leaves in peace."""

from importlib import import_module
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from maskplay.analysis.initialization import NormPreserving, signal_report
from maskplay.analysis.initialization.report.finding import CAUSES

from .signal_models import faulty, noise, times


@pytest.mark.parametrize(
    ("change", "layer", "cause"),
    [
        (times("d2", 30), "d2", "weights too large"),
        (times("d2", 1e-4), "d2", "weights too small"),
        (times("d1", 1, -50), "d1", "dead units"),
        (times("d0", 0.1, 500), "d0", "collapse"),
    ],
)
def test_the_layer_and_the_cause_are_named(change: Any, layer: str, cause: str) -> None:
    report = faulty(change)
    assert (report.findings[0].layer, report.findings[0].cause) == (layer, cause)
    assert not report.healthy
    assert cause in report.table()
    assert f"! {layer}" in report.table()


def test_a_healthy_model_is_left_in_peace() -> None:
    report = faulty(lambda model: None)
    assert report.findings == ()
    assert "Nothing is wrong." in report.table()


def test_inputs_are_blamed_for_what_they_cause() -> None:
    report = faulty(lambda model: None, "tanh", 200 * noise(64, 20))
    assert [one.cause for one in report.findings] == ["not normalised"]
    assert "d0 reads numbers of size 2e+02" in str(report.findings[0])


def one_hot(rng: np.random.Generator) -> np.ndarray:
    return np.eye(4000, dtype="float32")[rng.integers(0, 4000, 64)]


def tf_idf(rng: np.random.Generator) -> np.ndarray:
    """Rows of norm 1, with 120 words of 4,000 each."""
    x = np.zeros((64, 4000), "float32")
    for row in x:
        row[rng.choice(4000, 120, replace=False)] = rng.random(120)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.parametrize("sparse", [one_hot, tf_idf])
def test_sparse_inputs_are_judged_by_their_rows(sparse: Any) -> None:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4000,)), layers.Dense(32, "relu"), layers.Dense(5)])
    x = sparse(np.random.default_rng(0))
    assert signal_report(model, x).healthy
    assert [one.cause for one in signal_report(model, 0.001 * x).findings] == ["not normalised"]


class Table(layers.Layer):
    """An embedding of one's own."""

    def build(self, shape: Any) -> None:
        init = keras.initializers.RandomNormal(stddev=0.1)
        self.table = self.add_weight(shape=(30000, 16), initializer=init)

    def call(self, ids: Any) -> Any:
        return ops.take(self.table, ids, axis=0)


def test_an_embedding_of_ones_own_is_one() -> None:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((7,), dtype="int32")
    x = layers.GlobalAveragePooling1D()(Table(name="table")(inputs))
    ids = np.random.default_rng(0).integers(0, 30000, (64, 7))
    report = signal_report(keras.Model(inputs, layers.Dense(5)(x)), ids)
    assert report.healthy, report.findings
    assert report.layers[0].gain == pytest.approx(0.1, rel=0.01)


def test_zeros_that_will_learn_are_no_fault_and_zeros_that_will_not_are() -> None:
    """The last layer may begin with zeros; two layers in a row never leave them."""

    def zero(*names: str) -> Any:
        def change(model: keras.Model) -> None:
            for name in names:
                model.get_layer(name).kernel.assign(np.zeros(model.get_layer(name).kernel.shape))

        return change

    assert faulty(zero("out")).healthy
    report = faulty(zero("d2", "d3"))
    assert report.findings[0].cause == "zero weights"
    assert set(report.findings[0].layers) == {"d2", "d3"}


def test_every_cause_is_explained() -> None:
    folder = Path(signal_report.__code__.co_filename).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("_check_*.py"))
    assert all(f'"{cause}"' in text for cause in CAUSES)


def test_deep_networks_that_keep_norms_are_healthy() -> None:
    keras.utils.set_random_seed(0)
    init = NormPreserving("relu")
    model = keras.Sequential(
        [keras.Input((32,)), *[layers.Dense(32, "relu", kernel_initializer=init) for _ in range(30)]]
    )
    report = signal_report(model, noise(64, 32))
    assert report.healthy, report.findings
    assert 0.1 < report.layers[-1].size_out < 10


class Root(layers.Layer):
    """Adds the norm of each row, whose gradient at 0 is not a number."""

    def call(self, x: Any) -> Any:
        return x + ops.sqrt(ops.sum(ops.square(x), -1, keepdims=True))


class RootBehind(keras.Model):
    """The same without a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(5, "relu", name="first")

    def call(self, x: Any) -> Any:
        return ops.sqrt(ops.sum(ops.square(self.first(x)), -1))


def test_gradients_that_are_not_finite_are_told() -> None:
    x = noise(23, 7)
    x[3] = 0
    inner = [layers.Dense(11, name="first"), Root(name="root"), layers.Dense(5, name="last")]
    report = signal_report(keras.Sequential([keras.Input((7,)), *inner]), x)
    assert np.isfinite(report.layers[-1].size_out)
    assert [(one.cause, one.layers) for one in report.findings] == [("not finite", ("root",))]
    assert "those by what goes in hold NaN or infinity" in report.findings[0].evidence
    report = signal_report(RootBehind(), x)
    assert [(one.cause, one.layers) for one in report.findings] == [("not finite", ("first",))]
    assert "An operation behind it" in report.findings[0].evidence


def test_gradients_of_weights_that_are_not_finite_are_told() -> None:
    class Power(layers.Layer):
        def build(self, shape: Any) -> None:
            self.scale = self.add_weight(shape=(7,), initializer="zeros")

        def call(self, x: Any) -> Any:
            return x * (1 + ops.sqrt(self.scale))

    report = signal_report(
        keras.Sequential([keras.Input((7,)), Power(name="power"), layers.Dense(5)]), noise(23, 7)
    )
    assert [(one.cause, one.layers) for one in report.findings] == [("not finite", ("power",))]
    assert "those by its weights" in report.findings[0].evidence


@pytest.mark.slow
def test_fifty_broken_and_twenty_healthy_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """The set of `benchmarks/training.py`."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    measures = import_module("measures.diagnosing")
    cases = [
        *import_module("measures.diagnosis.broken").broken(),
        *import_module("measures.diagnosis.healthy").healthy(),
    ]
    found = measures.diagnoses(cases)
    assert found.passes <= 3
    assert found.named >= 45
    assert found.alarms == 0
