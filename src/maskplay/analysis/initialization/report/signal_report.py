"""Signals and gradients through a model, and what is wrong with them."""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import keras

from maskplay.analysis.initialization.report._channels import channel_axes
from maskplay.analysis.initialization.report._check_weights import check_finite
from maskplay.analysis.initialization.report._diagnose import diagnose
from maskplay.analysis.initialization.report._evidence import Evidence, Step, sources_of
from maskplay.analysis.initialization.report._kernels import kernel_of
from maskplay.analysis.initialization.report._measure import measure
from maskplay.analysis.initialization.report._run import run
from maskplay.analysis.initialization.report.finding import Finding
from maskplay.analysis.initialization.report.layer_signal import LayerSignal
from maskplay.analysis.initialization.report.signal_changes import SignalChanges, changes


@dataclass(frozen=True)
class SignalReport:
    """What each layer of a model does to signals and gradients, and what is wrong.

    Attributes:
        layers: in the order in which they are called; layers that consist of others are represented by these.
        findings: causes, the first in the model first; empty where nothing is wrong.
        passes: how often the model was run for it: forward, or forward and backward.
    """

    layers: tuple[LayerSignal, ...]
    findings: tuple[Finding, ...]
    passes: int

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def table(self) -> str:
        """A line for each layer, and one for each finding."""
        from maskplay.analysis.initialization.report._table import table

        return table(self)

    def compared_with(self, earlier: "SignalReport") -> SignalChanges:
        """What has become of the signals since an earlier report, such as one on the model as it began.

        Raises:
            ValueError: the reports are not of the same layers.
        """
        return changes(earlier, self)

    def draw(self, path: str | os.PathLike[str], *, theme: str = "auto") -> None:
        """Draw sizes, gradients, ranks and dead units over the layers.

        Args:
            path: a .png or .svg.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
        """
        from maskplay.analysis._pictures import drawing
        from maskplay.analysis.initialization.report.draw_signals import draw_signals

        with drawing(path, (10, 4.6), theme) as (figure, colours):
            draw_signals(figure, self, colours)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON; what is not a number is None."""
        layers = [
            {**asdict(layer), "forward": layer.forward, "backward": layer.backward} for layer in self.layers
        ]
        return {
            "healthy": self.healthy,
            "passes": self.passes,
            "layers": [{name: _plain(value) for name, value in one.items()} for one in layers],
            "findings": [{**asdict(one), "layers": list(one.layers)} for one in self.findings],
        }


def signal_report(
    model: keras.Model,
    batch: Any,
    *,
    targets: Any = None,
    loss: str | Callable[[Any, Any], Any] | None = None,
    training: bool = True,
) -> SignalReport:
    """Measure what each layer does to a batch on its way forward and to gradients on their way back.

    The model may be functional, sequential, subclassed or nested, new or trained. It is run once for its shapes (on JAX
    without computing), and once forward and backward; a model that was never built, once more. Nothing of it is
    changed: not its weights, nor moving averages, nor seeds.

    Args:
        model: any Keras model.
        batch: its inputs, some 64 samples or more: arrays in its own nest.
        targets: for a loss: arrays in the nest of the outputs.
        loss: a name that Keras knows, or a function of targets and outputs, whose mean is followed back. Without one
            that is a random direction in the outputs, always the same: it needs no targets.
        training: whether layers behave as in training: normalizations by the batch, dropout.

    Raises:
        TypeError: that is no Keras model.
        ValueError: the batch does not fit it, the model has no layers with numbers, `loss` and `targets` are not given
            together, or the loss is not finite though all layers give finite numbers.

    >>> import numpy as np
    >>> asleep = keras.layers.Dense(16, "relu", bias_initializer=keras.initializers.Constant(-99.0), name="asleep")
    >>> model = keras.Sequential([keras.Input((8,)), asleep])
    >>> report = signal_report(model, np.random.default_rng(0).standard_normal((32, 8)))
    >>> report.findings[0].layer, report.findings[0].cause, report.passes
    ('asleep', 'dead units', 2)
    """
    if (loss is None) != (targets is None):
        raise ValueError("loss and targets must be given together. Received: one of them")
    ran = run(model, batch, loss=_of_outputs(loss, targets), training=training)
    kernels = [kernel_of(flow.call.layer, flow.call.reads_ids) for flow in ran.flows]
    sources = sources_of(ran)
    ranks = [[x.ndim for x in (*flow.inputs, *flow.outputs)] for flow in ran.flows]
    axes = channel_axes([flow.call.layer for flow in ran.flows], sources, ranks)
    steps = [
        Step(place, flow, measure(flow, kernel, axis), kernel, read, axis)
        for place, (flow, kernel, read, axis) in enumerate(
            zip(ran.flows, kernels, sources, axes, strict=True)
        )
    ]
    steps_with_numbers = [step for step in steps if step.flow.outputs]
    if not steps_with_numbers:
        raise ValueError("The model must call layers that give floats. Received: none that does")
    evidence = Evidence(ran, tuple(steps))
    if loss is not None:
        _check_loss(evidence)
    return SignalReport(
        layers=tuple(step.signal for step in steps_with_numbers),
        findings=diagnose(evidence),
        passes=ran.passes,
    )


def _check_loss(evidence: Evidence) -> None:
    """What a layer has broken is a finding; what only the loss breaks says nothing of the model."""
    if not isfinite(evidence.run.loss) and not check_finite(evidence):
        raise ValueError(
            "The loss must be a finite number. "
            f"Received: {evidence.run.loss}, though every layer gives finite numbers. "
            "Clean the targets of NaN and infinity, and look for a logarithm or a division in the loss"
        )


def _of_outputs(loss: str | Callable[[Any, Any], Any] | None, targets: Any) -> Callable[[Any], Any] | None:
    if loss is None:
        return None
    function = keras.losses.get(loss)
    wanted = keras.tree.map_structure(keras.ops.convert_to_tensor, targets)
    return lambda outputs: keras.ops.mean(function(wanted, outputs))


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and (value != value or abs(value) == float("inf")) else value
