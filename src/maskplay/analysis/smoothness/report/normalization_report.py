"""Where in a model centring or scaling would make the loss smoother."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

import keras
import numpy as np

from maskplay.analysis.smoothness._types import Floats
from maskplay.analysis.smoothness.curvature.eigenvalues import extreme_eigenvalues
from maskplay.analysis.smoothness.report._inputs import inputs_of_kernels
from maskplay.analysis.smoothness.report.smoothness import plain
from maskplay.analysis.smoothness.surface._batches import inputs_for

_WORTH = 2.0  # times: what is worth another layer
_APART = 10.0  # times: layers that one learning rate does not suit
_SHOWN = 20


@dataclass(frozen=True)
class LayerInput:
    """The norm of E[x⊗x] of what a layer's kernel is multiplied with: a factor of the curvature in its weights.

    Attributes:
        layer: its path.
        features: how many numbers each x has; of a convolution those of a patch.
        norm: of E[x⊗x], as x is.
        centred: after the mean of each feature was taken off.
        scaled: after each feature was divided by its deviation as well.
        scaled_only: after it was divided, with the mean left on.
    """

    layer: str
    features: int
    norm: float
    centred: float
    scaled: float
    scaled_only: float

    @property
    def centring(self) -> float:
        """How many times centring lowers the norm; never below 1."""
        return self.norm / self.centred if self.centred > 0 else 1.0 if self.norm == 0 else float("inf")


@dataclass(frozen=True)
class NormalizationReport:
    """What centring and scaling would do to the layers of a model.

    Attributes:
        layers: those for which centring takes off most first.
        others: layers with trainable matrices that were not looked at: grouped, depthwise, separable and transposed
            convolutions, cells of recurrent layers, embeddings, layers of your own.
    """

    layers: tuple[LayerInput, ...]
    others: tuple[str, ...]

    @property
    def spread(self) -> float:
        """The largest norm over the smallest: how unequal the layers are to one learning rate."""
        return _spread([one.norm for one in self.layers])

    @property
    def spread_scaled(self) -> float:
        """The same after centring and scaling, per feature: the largest over the smallest."""
        return _spread([one.scaled for one in self.layers])

    @property
    def advice(self) -> tuple[str, ...]:
        """What to try, most promising first."""
        said = [
            f"Centre what {one.layer} reads (a normalization before it, not behind it): the norm of E[x⊗x] falls "
            f"{_times(one.centring)}, from {one.norm:.3g} to {one.centred:.3g}."
            for one in self.layers
            if one.centring > _WORTH
        ]
        middle = float(np.median([one.centred for one in self.layers]))
        for one in self.layers:
            if middle > 0 and not 1 / _APART < one.centred / middle < _APART:
                apart = "above" if one.centred > middle else "below"
                said.append(
                    f"Scale what {one.layer} reads: even centred, its norm is {one.centred:.3g}, far {apart} the other "
                    f"layers' {middle:.3g}; scaled, it is {one.scaled:.3g}."
                )
        return tuple(said) or (
            "Centring would lower no layer's norm twice, and none stands out: nothing to try.",
        )

    def table(self) -> str:
        """A line for each layer, and the advice."""
        shown = self.layers[:_SHOWN]
        width = max(len("layer"), *(len(one.layer) for one in shown))
        lines = [
            f"{'layer':<{width}} {'features':>9} {'as it is':>9} {'centred':>9} {'scaled':>9} {'centring':>9}"
        ]
        lines += [
            f"{one.layer:<{width}} {one.features:>9,} {one.norm:>9.3g} {one.centred:>9.3g} {one.scaled:>9.3g} "
            f"{_times(one.centring):>9}"
            for one in shown
        ]
        if len(self.layers) > _SHOWN:
            lines.append(f"… and {len(self.layers) - _SHOWN} layers where there is less to gain")
        if self.others:
            lines.append(f"not looked at: {_listed(self.others)}")
        return "\n".join([*lines, "", *self.advice])

    def draw(self, path: str | os.PathLike[str], *, theme: str = "auto") -> None:
        """Draw the norms of the layers.

        Args:
            path: a .png or .svg.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
        """
        from maskplay.analysis._pictures import drawing

        shown = self.layers[:_SHOWN][::-1]
        places = np.arange(len(shown))
        with drawing(path, (7, 1.4 + 0.34 * len(shown)), theme) as (figure, colours):
            axes = figure.subplots()
            series = (
                ("norm", "as it is", "o"),
                ("centred", "centred", "s"),
                ("scaled", "centred and scaled", "^"),
            )
            for number, (name, label, mark) in enumerate(series):
                values = [getattr(one, name) or float("nan") for one in shown]
                axes.plot(values, places, mark, label=label, color=colours.lines[number], ms=6)
            axes.hlines(
                places,
                [min(one.norm, one.centred) for one in shown],
                [one.norm for one in shown],
                color=colours.faint,
                lw=2,
                zorder=0,
            )
            axes.set_yticks(places, [one.layer for one in shown])
            axes.set(xscale="log", title="norm of E[x⊗x] of what each layer reads")
            axes.legend()

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON."""
        found: dict[str, Any] = plain(asdict(self))
        return {**found, "advice": list(self.advice), "spread": plain(self.spread)}


def normalization_report(model: keras.Model, data: Any, *, seed: int = 0) -> NormalizationReport:
    """Measure, for each layer, the norm of E[x⊗x] of its input as it is, centred, and scaled (Scientific Spaces 6992).

    The curvature of the loss in the weights of a layer y = Wx is E[H⊗xxᵀ], with H the curvature in y; where the two
    hardly depend on each other, its norm is the product of theirs. Centring lowers the norm of E[x⊗x], for any x: it
    takes off the square of the mean. That is the post's first conclusion, here for each layer of a model. The data run
    through the model once, as in training, and nothing of it is changed.

    Args:
        model: any Keras model.
        data: its inputs: an array, or arrays in its own nest.
        seed: of the choice of rows (4,096 for each call of a layer, where there are more).

    Raises:
        TypeError: that is no Keras model.
        ValueError: the data do not fit it, hold NaN or infinity in some layer, or no layer has a kernel whose
            input can be told.

    >>> x = np.random.default_rng(0).standard_normal((200, 8)) + 5
    >>> model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, name="first")])
    >>> report = normalization_report(model, x)
    >>> report.layers[0].layer.endswith("first"), report.layers[0].centring > 50
    (True, True)
    """
    inputs = inputs_for(model, data)
    rows, others = inputs_of_kernels(model, inputs, seed)
    if not rows:
        _refuse(others)
    layers = [_measured(layer, x) for layer, x in rows.items()]
    layers.sort(key=lambda one: one.centred - one.norm)
    return NormalizationReport(tuple(layers), tuple(others))


def _refuse(others: list[str]) -> NoReturn:
    if others:
        raise ValueError(
            "The model must have a layer whose reading can be told: dense, einsum, or a convolution that is neither "
            f"grouped, depthwise, separable nor transposed. Received: only others, {_listed(others)}"
        )
    raise ValueError("The model must have layers with kernels (dense, convolutions). Received: none")


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more


def _measured(layer: str, x: Floats) -> LayerInput:
    if not np.isfinite(x).all():
        raise ValueError(f"What layers read must be finite. Received: NaN or infinity at {layer}")
    centred = x - x.mean(0)
    deviation = x.std(0)
    # A feature that never changes has no deviation to be divided by: it stays as it is.
    divisor = np.where(deviation > 1e-7 * np.abs(x).max(initial=1e-30), deviation, 1.0)
    return LayerInput(
        layer=layer,
        features=x.shape[1],
        norm=_norm(x),
        centred=_norm(centred),
        scaled=_norm(centred / divisor),
        scaled_only=_norm(x / divisor),
    )


def _norm(x: Floats) -> float:
    """Largest eigenvalue of E[x⊗x]."""
    found = extreme_eigenvalues(lambda v: x.T @ (x @ v) / len(x), x.shape[1], tolerance=1e-5, steps=100)
    return max(found.largest.value, 0.0)


def _spread(values: list[float]) -> float:
    positive = [one for one in values if one > 0]
    return max(positive) / min(positive) if positive else 1.0


def _times(ratio: float) -> str:
    return f"{ratio:.3g} times" if ratio < float("inf") else "to nothing"
