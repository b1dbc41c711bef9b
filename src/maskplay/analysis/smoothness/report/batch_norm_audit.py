"""The same weights, with batch normalization in all of its modes."""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np

from maskplay.analysis.smoothness.curvature.eigenvalues import Eigenvalues, extreme_eigenvalues
from maskplay.analysis.smoothness.report.smoothness import check_dependence, checked_gradient, plain
from maskplay.analysis.smoothness.surface._dropout import no_dropout
from maskplay.analysis.smoothness.surface.loss_surface import LossSurface
from maskplay.analysis.smoothness.surface.mode import MODES

_APART = 1.5  # times: curvatures that tell different stories


@dataclass(frozen=True)
class ModeRow:
    """What one mode of batch normalization shows.

    Attributes:
        mode: see `Mode`.
        loss: with it.
        gradient_norm: with it.
        eigenvalues: the ends of the Hessian's spectrum.
    """

    mode: str
    loss: float
    gradient_norm: float
    eigenvalues: Eigenvalues


@dataclass(frozen=True)
class BatchNormAudit:
    """The same weights in all modes, side by side.

    Attributes:
        normalizations: how many layers of batch normalization the model has.
        rows: one for each mode.
    """

    normalizations: int
    rows: tuple[ModeRow, ...]

    def __getitem__(self, mode: str) -> ModeRow:
        """The row of a mode."""
        return next(row for row in self.rows if row.mode == mode)

    @property
    def effect(self) -> float:
        """How many times batch normalization lowers the curvature of what is trained: that of "off" over "train"."""
        return self._ratio("off", "train")

    @property
    def findings(self) -> tuple[str, ...]:
        """What there is to say, most important first."""
        said = []
        stale = self._ratio("eval", "recalibrated")
        if not 1 / _APART < stale < _APART:
            said.append(
                f"The moving averages are not those of these data: curvature is {stale:.3g} times what it is with "
                "averages of the data. A tool that looks at the model in inference sees something that is never "
                "used; train on, or recalibrate."
            )
        if not 1 / _APART < (moved := self._ratio("frozen", "train")) < _APART:
            said.append(
                f"That statistics move with the weights changes curvature {moved:.3g} times (frozen over train): "
                'measure what training sees with mode="train".'
            )
        effect = self.effect
        word = "lowers" if effect >= 1 else "raises"
        said.append(
            f"Batch normalization {word} the curvature that training sees {max(effect, 1 / effect):.3g} times "
            "(off over train)."
        )
        return tuple(said)

    def _ratio(self, above: str, below: str) -> float:
        small = max(self[below].eigenvalues.modulus.value, 1e-30)
        return max(self[above].eigenvalues.modulus.value, 1e-30) / small

    def table(self) -> str:
        """A line for each mode, and the findings."""
        lines = [f"{'mode':<13} {'loss':>10} {'gradient':>10}   L, by curvature"]
        lines += [
            f"{row.mode:<13} {row.loss:>10.4g} {row.gradient_norm:>10.4g}   {row.eigenvalues.modulus}"
            for row in self.rows
        ]
        return "\n".join([*lines, "", *self.findings])

    def draw(self, path: str | os.PathLike[str], *, theme: str = "auto") -> None:
        """Draw the curvature in each mode.

        Args:
            path: a .png or .svg.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
        """
        from maskplay.analysis._pictures import drawing

        values = [row.eigenvalues.modulus for row in self.rows]
        with drawing(path, (6, 3), theme) as (figure, colours):
            axes = figure.subplots()
            places = np.arange(len(values))
            axes.bar(places, [one.value for one in values], color=colours.lines[0], width=0.6)
            spans = [
                [max(one.value - one.low, 0) for one in values],
                [max(one.high - one.value, 0) for one in values],
            ]
            axes.errorbar(
                places, [one.value for one in values], yerr=spans, fmt="none", ecolor=colours.ink, lw=1
            )
            for place, one in zip(places, values, strict=True):
                axes.annotate(
                    f"{one.value:.3g}",
                    (place, one.high),
                    ha="center",
                    va="bottom",
                    fontsize=9,
                    color=colours.ink,
                )
            axes.set_xticks(places, [row.mode for row in self.rows])
            axes.set(title="the same weights: curvature by the mode of batch normalization", ylabel="L")
            axes.margins(y=0.12)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON."""
        found: dict[str, Any] = plain(asdict(self))
        return {**found, "effect": plain(self.effect), "findings": list(self.findings)}


def batch_norm_audit(
    model: keras.Model,
    loss: str | Callable[[Any, Any], Any] | None,
    data: tuple[Any, Any],
    *,
    batch_size: int | None = None,
    tolerance: float = 0.01,
    steps: int = 40,
    seed: int = 0,
) -> BatchNormAudit:
    """Look at the same weights with batch normalization in all of its modes.

    Tools that force inference see a new model's normalization as the identity; training sees something else. Nothing of
    the model is changed. Dropout and noise are off in all modes, "train" too, by rates of 0 for the time being: what
    differs between the modes is batch normalization alone. A layer of your own that drops without Keras's layers still
    does so in mode "train".

    Args:
        model: any Keras model with `BatchNormalization` in it.
        loss: see `smoothness`.
        data: (inputs, targets).
        batch_size: see `smoothness`; with one batch "frozen" and "recalibrated" are the same.
        tolerance: of eigenvalues, relative.
        steps: of Lanczos, at most, for each mode.
        seed: of random directions.

    Raises:
        TypeError: see `smoothness`.
        ValueError: the model has no batch normalization; in some mode the loss does not depend on the weights; or
            see `smoothness`.

    >>> keras.utils.set_random_seed(0)
    >>> x = 3 * np.random.default_rng(0).standard_normal((64, 20)) + 2
    >>> layers = [keras.layers.Dense(50), keras.layers.BatchNormalization(), keras.layers.ReLU(), keras.layers.Dense(1)]
    >>> model = keras.Sequential([keras.Input((20,)), *layers])
    >>> audit = batch_norm_audit(model, "mse", (x, x[:, :1]))
    >>> bool(audit["eval"].eigenvalues.modulus.value > 3 * audit["train"].eigenvalues.modulus.value)
    True
    """
    surface = LossSurface(model, loss, data, mode="train", batch_size=batch_size)
    if not surface.normalizations:
        raise ValueError(
            "The model must have layers of BatchNormalization for their modes to be compared. Received: none"
        )
    with no_dropout(model):
        rows = []
        for mode in MODES:
            surface = surface.in_mode(mode)
            rows.append(_row(surface, tolerance, steps, seed))
    return BatchNormAudit(surface.normalizations, tuple(rows))


def _row(surface: LossSurface, tolerance: float, steps: int, seed: int) -> ModeRow:
    value, gradient = checked_gradient(surface)
    product = surface.curvature()
    found = extreme_eigenvalues(product, surface.size, tolerance=tolerance, steps=steps, seed=seed)
    norm = float(np.linalg.norm(gradient.astype(np.float64)))
    check_dependence(norm, found)
    return ModeRow(surface.mode, value, norm, found)
