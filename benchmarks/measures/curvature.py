"""What curvature costs: beside PyHessian on the same network, and as a share of training."""

import sys
import warnings
from collections.abc import Callable
from typing import Any
from unittest import mock

import keras
import numpy as np

from maskplay.analysis.smoothness import Eigenvalues, LossSurface, SmoothnessMonitor, extreme_eigenvalues
from measures.clock import cores, seconds
from measures.report import note

BATCH, SIZES = 256, (784, 1024, 200, 10)


def curvature(repeats: int) -> dict[str, Any]:
    """Find the top eigenvalue of a trained network's Hessian, in turns with PyHessian where that is installed."""
    note("training a little")
    data = samples(BATCH)
    model = network()
    model.compile(keras.optimizers.SGD(0.02), cross_entropy())
    model.fit(*data, batch_size=BATCH, epochs=20, verbose=0)
    note("curvature")
    figures, truth, once = ours(model, data)
    other = pyhessian(model, data, truth)
    turns = [(once(), *(run() for run in (other[1] if other else ()))) for _ in range(repeats)]
    best = [min(column) for column in zip(*turns, strict=True)]
    figures["eigenvalue_seconds"] = best[0]
    if other:
        figures |= other[0]
        figures["eigenvalue_speedup_vs_pyhessian"] = best[2] / best[0]
        figures["eigenvalue_speedup_vs_pyhessian_as_it_stops"] = best[1] / best[0]
    return figures


def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    middle = [keras.layers.Dense(size, "relu") for size in SIZES[1:-1]]
    return keras.Sequential([keras.Input(SIZES[:1]), *middle, keras.layers.Dense(SIZES[-1])])


def samples(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ten clouds about ten centres."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, SIZES[-1], count)
    centres = rng.standard_normal((SIZES[-1], SIZES[0])) * 0.3
    return (centres[labels] + rng.standard_normal((count, SIZES[0]))).astype("float32"), labels.astype(
        "int64"
    )


def cross_entropy() -> keras.losses.Loss:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def ours(model: keras.Model, data: Any) -> tuple[dict[str, Any], float, Callable[[], float]]:
    surface = LossSurface(model, cross_entropy(), data)
    kept: list[Eigenvalues] = []

    def once() -> None:
        surface.evaluations = 0.0
        kept.append(extreme_eigenvalues(surface.curvature(), surface.size, tolerance=0.01))

    first = seconds(once)
    evaluations = surface.evaluations
    found = kept[0]
    truth = extreme_eigenvalues(surface.curvature(), surface.size, tolerance=1e-4, steps=60).largest.value
    figures = {
        "eigenvalue_gradient_evaluations": evaluations,
        "eigenvalue_error": abs(found.largest.value / truth - 1),
        "eigenvalue_within_bounds": found.largest.low <= truth <= found.largest.high,
        "eigenvalue_seconds_first": first,
        "weights": surface.size,
    }
    return figures, truth, lambda: seconds(once)


def pyhessian(model: keras.Model, data: Any, truth: float) -> tuple[dict[str, Any], Any] | None:
    """Two functions to time, and what they find; None where it is not installed."""
    try:
        import torch
        from pyhessian import hessian
    except ImportError:
        note("PyHessian is not installed: left out")
        return None
    torch.set_num_threads(cores())
    layers: list[Any] = []
    for one in model.layers:
        kernel, bias = (torch.tensor(np.asarray(v)) for v in one.weights)
        linear = torch.nn.Linear(*kernel.shape)
        linear.weight.data, linear.bias.data = kernel.T.contiguous(), bias
        layers += [linear, torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    batch = (torch.tensor(data[0]), torch.tensor(data[1]))

    def run(most: int, tolerance: float) -> float:
        torch.manual_seed(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the memory that backward(create_graph=True) keeps
            one = hessian(network, torch.nn.CrossEntropyLoss(), data=batch, cuda=False)
            value = one.eigenvalues(maxIter=most, tol=tolerance)[0][0]
        network.zero_grad()
        return value

    def products(function: Callable[[], float]) -> tuple[int, float]:
        inside = sys.modules[hessian.__module__]

        with mock.patch.object(
            inside, "hessian_vector_product", wraps=inside.hessian_vector_product
        ) as counted:
            value = function()
        return counted.call_count, value

    count, value = products(lambda: run(100, 1e-3))
    tries = (2, 4, 8, 16, 32, 64, 100)
    near = next((most for most in tries if abs(run(most, 0.0) / truth - 1) <= 0.01), tries[-1])
    figures = {
        "pyhessian_products": count,
        "pyhessian_error": abs(value / truth - 1),
        "pyhessian_products_to_1_percent": near,
    }
    return figures, (lambda: seconds(lambda: run(100, 1e-3)), lambda: seconds(lambda: run(near, 0.0)))


def monitor_share(steps: int) -> float:
    """The share of the monitor in training: minima of runs that take turns."""
    x, y = samples(BATCH * steps)

    def run(watched: bool) -> float:
        model = network()
        model.compile(keras.optimizers.SGD(0.02), cross_entropy())
        # One epoch first compiles the step and, with a look in it, the monitor's functions.
        monitor = SmoothnessMonitor((x[:BATCH], y[:BATCH]), every=min(100, steps))
        callbacks = [monitor] if watched else []
        model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0, shuffle=False, callbacks=callbacks)
        return seconds(
            lambda: model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0, shuffle=False, callbacks=callbacks)
        )

    turns = [(run(False), run(True)) for _ in range(3)]
    return min(b for _, b in turns) / min(a for a, _ in turns) - 1
