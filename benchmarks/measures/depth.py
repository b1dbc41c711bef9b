"""Signals and gradients through many layers that are not trained: by the theory of infinite width, and as sampled."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.initialization import gain

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "silu": lambda z: z / (1 + np.exp(-z)),
}
INITIALIZERS = ("normal", "norm preserving", "orthogonal", "orthogonal, norm preserving")
ARCHITECTURES = ("plain", "layer norm", "residual", "residual alone")


@dataclass(frozen=True)
class Layers:
    """A stack of square layers: z becomes f(z)·W; with normalization f(z/√mean z²)·W; with a path, z + that/√depth.

    Attributes:
        architecture: "plain", "layer norm" (normalization alone), "residual" (and a path around it), or "residual
            alone" (a path around layers without normalization).
        initializer: of the weights; those that do not keep the norm have the variance 1/width.
        activation: by name.
        depth: layers.
    """

    architecture: str
    initializer: str
    activation: str
    depth: int

    @property
    def factor(self) -> float:
        """√(width · variance) of the weights."""
        keeps = self.initializer.endswith("norm preserving")
        return gain(ACTIVATIONS[self.activation]).forward if keeps else 1.0

    @property
    def normalized(self) -> bool:
        """Whether what layers read is."""
        return self.architecture in ("layer norm", "residual")

    @property
    def around(self) -> bool:
        """Whether there is a path around each layer."""
        return self.architecture.startswith("residual")

    @property
    def branch(self) -> float:
        """What the weights are multiplied with besides."""
        return self.depth**-0.5 if self.around else 1.0


def predicted(layers: Layers) -> tuple[np.ndarray, np.ndarray]:
    """Root mean square of z, and of gradients at the beginning over those at the end, for each depth."""
    square = 1.0
    known: dict[float, Any] = {}
    sizes, slopes = np.empty(layers.depth), np.empty(layers.depth)
    scale = (layers.factor * layers.branch) ** 2
    for number in range(layers.depth):
        seen = 1.0 if layers.normalized else square
        at = round(max(seen, 1e-6), 9)  # smaller signals see a line, or two
        if at not in known:
            known[at] = gain(ACTIVATIONS[layers.activation], deviation=at**0.5)
        given = scale * known[at].mean_square * seen / at
        slope = scale * known[at].slope_mean_square * seen / square
        square = given + square * layers.around
        sizes[number], slopes[number] = square**0.5, slope + layers.around
    return sizes, np.cumprod(slopes) ** 0.5


def measured(layers: Layers, width: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The same as sampled: 32 signals forward, and a random tangent of each.

    A tangent carried forward grows as a gradient does on its way back, and needs no second pass.
    """
    rng = np.random.default_rng(seed)
    function = ACTIVATIONS[layers.activation]
    z, tangent = rng.standard_normal((2, 32, width))
    start = np.linalg.norm(tangent)
    sizes, slopes = np.empty(layers.depth), np.empty(layers.depth)
    for number in range(layers.depth):
        if layers.initializer.startswith("orthogonal"):
            weights, _ = np.linalg.qr(rng.standard_normal((width, width)))
        else:
            weights = rng.standard_normal((width, width)) / width**0.5
        weights = weights * (layers.factor * layers.branch)
        read, moved = z, tangent
        if layers.normalized:
            size = np.sqrt((z**2).mean(axis=1, keepdims=True))
            read = z / size
            moved = (tangent - read * (read * tangent).mean(axis=1, keepdims=True)) / size
        step = max(1e-6 * np.sqrt((read**2).mean()), 1e-300)  # a signal may have vanished
        slope = (function(read + step) - function(read - step)) / (2 * step)
        z = function(read) @ weights + z * layers.around
        tangent = (moved * slope) @ weights + tangent * layers.around
        sizes[number], slopes[number] = np.sqrt((z**2).mean()), np.linalg.norm(tangent) / start
    return sizes, slopes


def theory_error(width: int, depth: int, seeds: int) -> float:
    """Root mean square of the logarithm of measured over predicted size, at the last layer of plain stacks."""
    errors = []
    for initializer in INITIALIZERS:
        for activation in ("relu", "tanh"):
            layers = Layers("plain", initializer, activation, depth)
            wanted = predicted(layers)[0][-1]
            for seed in range(seeds):
                found = measured(layers, width, seed)[0][-1]
                errors.append(np.log(max(found, 1e-290) / max(wanted, 1e-290)))
    return float(np.sqrt(np.mean(np.square(errors))))
