"""Which initializations keep norms, and which let networks train: depth 10 to 1,000, predicted and measured.

    python benchmarks/initialization_study.py [--full] [--json] [--picture FILE]

First without training: stacks of square layers, by the theory of infinite width (a recursion of one number for each
layer, by quadrature) and as sampled. Then trained, on a made-up task, with and without normalization and residual
paths: a network "trains" if Adam, with the better of two learning rates, takes its loss below half of what the mean
alone gives. It takes a minute; --full, with depths of 300 and 1,000 and three seeds, many.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from maskplay.analysis._pictures import drawing
from maskplay.analysis.initialization import NormPreserving, gain
from measures.report import note, report

WIDTH, SAMPLES = 64, 128
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "silu": lambda z: z / (1 + np.exp(-z)),
}
INITIALIZERS = ("glorot", "norm preserving", "orthogonal")
ARCHITECTURES = ("plain", "layer norm", "residual")
MEANINGS = {
    "largest_error_of_the_theory": "of the logarithm of a size, predicted and measured, over 100 layers of 256 units",
    "trains_glorot": "share of the plain networks that train, by initializer",
    "trains_norm_preserving": "likewise",
    "trains_orthogonal": "likewise",
    "trains_glorot_layer_norm": "share of those with layer normalization",
    "trains_glorot_residual": "share of those with residual paths",
}


def multiplier(initializer: str, activation: str) -> float:
    """√(fan · variance) of the weights."""
    return 1.0 if initializer == "glorot" else gain(ACTIVATIONS[activation]).forward


def predicted(initializer: str, activation: str, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Size of what weights give, and of gradients at the beginning over those at the end, for each depth."""
    factor, square = multiplier(initializer, activation), 1.0
    sizes, slopes = np.empty(depth), np.empty(depth)
    known: dict[float, Any] = {}
    for layer in range(depth):
        at = round(max(square, 1e-6), 9)  # smaller signals see a line, or two
        known[at] = known.get(at) or gain(ACTIVATIONS[activation], deviation=at**0.5)
        slopes[layer] = factor**2 * known[at].slope_mean_square
        square *= factor**2 * known[at].mean_square / at
        sizes[layer] = square**0.5
    return sizes, np.cumprod(slopes) ** 0.5


def measured(
    initializer: str, activation: str, depth: int, width: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The same, as sampled: forward, and a random gradient backward through all layers up to each depth."""
    rng = np.random.default_rng(seed)
    function, factor = ACTIVATIONS[activation], multiplier(initializer, activation)
    z = rng.standard_normal((32, width))
    sizes, slopes, forward = np.empty(depth), np.empty(depth), rng.standard_normal((32, width))
    start = np.linalg.norm(forward)
    for layer in range(depth):
        if initializer == "orthogonal":
            weights, _ = np.linalg.qr(rng.standard_normal((width, width)))
        else:
            weights = rng.standard_normal((width, width)) / width**0.5
        step = 1e-6 * np.sqrt((z**2).mean())
        slope = (function(z + step) - function(z - step)) / (2 * step)
        # A tangent carried forward grows as a gradient does on its way back, and needs no second pass.
        forward = (forward * slope) @ weights * factor
        z = function(z) @ weights * factor
        sizes[layer], slopes[layer] = np.sqrt((z**2).mean()), np.linalg.norm(forward) / start
    return sizes, slopes


class Stack(keras.layers.Layer):
    """So many square layers, as one loop: it compiles as fast for 1,000 as for 10."""

    def __init__(self, depth: int, activation: str, initializer: str, architecture: str) -> None:
        super().__init__()
        self.depth, self.architecture = depth, architecture
        self.activation = keras.activations.get(activation)
        distribution = "orthogonal" if initializer == "orthogonal" else "normal"
        self.one = NormPreserving(
            "linear" if initializer == "glorot" else activation,
            distribution=distribution,
            scale=depth**-0.5 if architecture == "residual" else 1.0,
        )

    def build(self, input_shape: Any) -> None:
        shape = (self.depth, WIDTH, WIDTH)
        self.kernel = self.add_weight(shape=shape, initializer=self._draw, name="kernel")
        self.bias = self.add_weight(shape=shape[:2], initializer="zeros", name="bias")

    def _draw(self, shape: Any, dtype: Any = None) -> Any:
        return ops.stack([self.one(shape[1:]) for _ in range(shape[0])])

    def call(self, x: Any) -> Any:
        def step(z: Any, weights: Any) -> Any:
            kernel, bias = weights
            read = z
            if self.architecture != "plain":
                mean = ops.mean(read, axis=-1, keepdims=True)
                read = (read - mean) / ops.sqrt(ops.var(read, axis=-1, keepdims=True) + 1e-6)
            given = ops.matmul(self.activation(read), kernel) + bias
            return (z + given if self.architecture == "residual" else given), 0.0

        return ops.scan(step, x, (self.kernel.value, self.bias.value))[0]


def task() -> tuple[np.ndarray, np.ndarray]:
    """Eight smooth functions of sixteen numbers; their variance is 1."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4 * SAMPLES, 16)).astype("float32")
    y = np.sin(x @ rng.standard_normal((16, 8)) / 2) + 0.5 * x[:, :8]
    return x, ((y - y.mean(0)) / y.std(0)).astype("float32")


def trained(depth: int, activation: str, initializer: str, architecture: str, steps: int, seed: int) -> float:
    """The loss in the end, over that of the mean: the better of two learning rates."""
    keras.utils.set_random_seed(seed)
    x, y = task()
    model = keras.Sequential(
        [
            keras.Input((16,)),
            keras.layers.Dense(WIDTH, kernel_initializer=NormPreserving()),
            Stack(depth, activation, initializer, architecture),
            keras.layers.Dense(8, kernel_initializer=NormPreserving()),
        ]
    )
    optimizer = keras.optimizers.Adam(0.001, clipnorm=1.0)
    model.compile(optimizer, "mse")
    first = model.get_weights()
    losses = []
    for rate in (3e-3, 3e-4):
        model.set_weights(first)
        for variable in optimizer.variables:
            variable.assign(np.zeros(variable.shape))
        optimizer.learning_rate = rate
        history = model.fit(x, y, batch_size=SAMPLES, epochs=steps // 4, verbose=0).history["loss"]
        losses.append(float(np.mean(history[-3:])) if np.isfinite(history[-3:]).all() else float("inf"))
    return min(losses)


def study(full: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    depth = 1000 if full else 300
    note("theory and samples")
    curves = {
        (initializer, activation): (
            *predicted(initializer, activation, depth),
            *measured(initializer, activation, depth, 256),
        )
        for initializer in INITIALIZERS
        for activation in ("relu", "tanh")
    }
    # Per layer: over a depth, the samples walk at random about what the theory says.
    error = max(
        float(np.abs(np.log(np.maximum(one[2], 1e-290) / np.maximum(one[0], 1e-290)))[:100].max())
        for key, one in curves.items()
    )
    depths = (10, 30, 100, 300, 1000) if full else (10, 30, 100)
    steps, seeds = (400, 3) if full else (60, 1)
    losses: dict[tuple, list[float]] = {}
    for architecture in ARCHITECTURES:
        for initializer in INITIALIZERS if full or architecture == "plain" else INITIALIZERS[:1]:
            for activation in ("relu", "tanh") if full else ("tanh",):
                for layers in depths:
                    note(f"{architecture}, {initializer}, {activation}, {layers} layers")
                    losses[architecture, initializer, activation, layers] = [
                        trained(layers, activation, initializer, architecture, steps, seed)
                        for seed in range(seeds)
                    ]

    def share(architecture: str, initializer: str) -> float:
        chosen = [
            loss for key, found in losses.items() if key[:2] == (architecture, initializer) for loss in found
        ]
        return float(np.mean([loss < 0.5 for loss in chosen]))

    figures = {
        "largest_error_of_the_theory": error,
        "trains_glorot": share("plain", "glorot"),
        "trains_norm_preserving": share("plain", "norm preserving"),
        "trains_orthogonal": share("plain", "orthogonal"),
        "trains_glorot_layer_norm": share("layer norm", "glorot"),
        "trains_glorot_residual": share("residual", "glorot"),
    }
    table = {" | ".join(map(str, key)): [round(loss, 4) for loss in found] for key, found in losses.items()}
    return {**figures, "losses": table}, {"curves": curves, "losses": losses}


def draw(found: dict[str, Any], path: Path) -> None:
    with drawing(path, (10, 3.6)) as (figure, colours):
        sizes, gradients, trains = figure.subplots(1, 3)
        marks = {
            "glorot": colours.lines[1],
            "norm preserving": colours.lines[0],
            "orthogonal": colours.lines[2],
        }
        for (initializer, activation), (size, slope, own_size, own_slope) in found["curves"].items():
            if activation != "tanh" and initializer != "glorot":
                continue
            style = "-" if activation == "tanh" else ":"
            depth = np.arange(1, len(size) + 1)
            for axes, theory, own in ((sizes, size, own_size), (gradients, slope, own_slope)):
                axes.plot(depth, np.maximum(theory, 1e-30), color=colours.ink, lw=0.7, ls=style)
                axes.plot(
                    depth,
                    np.maximum(own, 1e-30),
                    color=marks[initializer],
                    lw=1.4,
                    ls=style,
                    label=f"{initializer}, {activation}",
                )
        sizes.set(
            xscale="log", yscale="log", xlabel="layers", title="size of what weights give", ylim=(1e-8, 1e2)
        )
        gradients.set(
            xscale="log", yscale="log", xlabel="layers", title="gradient, first over last", ylim=(1e-12, 1e12)
        )
        sizes.legend()
        lines = ["-o", "--s", ":^"]
        for architecture, style in zip(ARCHITECTURES, lines, strict=True):
            for initializer in INITIALIZERS:
                points = sorted(
                    (key[3], float(np.median(losses)))
                    for key, losses in found["losses"].items()
                    if key[:3] == (architecture, initializer, "tanh")
                )
                if points:
                    trains.plot(
                        *zip(*points, strict=True),
                        style,
                        ms=3.5,
                        lw=1.2,
                        color=marks[initializer],
                        label=f"{initializer}, {architecture}",
                    )
        trains.axhline(0.5, color=colours.faint, lw=1)
        trains.set(
            xscale="log",
            xlabel="layers",
            title="loss after training, tanh",
            ylim=(0, 1.4),
        )
        trains.legend(fontsize=7)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="depths to 1,000, three seeds")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--picture", type=Path, help="draw it here")
    arguments = parser.parse_args()
    figures, found = study(arguments.full)
    if arguments.picture:
        draw(found, arguments.picture)
    if not arguments.json:
        figures.pop("losses")
    report(figures, MEANINGS, "Initializations and depth", arguments.json)


if __name__ == "__main__":
    main()
