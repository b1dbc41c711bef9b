"""What one layer does to signals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerSignal:
    """What one call of a layer does to the signal, and to the gradient on its way back.

    "Size" is the root of the mean square, so that widths do not matter; a gradient's is its norm. With weights of
    variance 1/fan_in both ratios are 1, whatever the widths.

    Attributes:
        layer: its name, with those of the layers around it.
        kind: its class.
        activation: name of its activation, where it has one.
        units: the channels of what comes out: its last axis, or the one that the layer has them on.
        size_in: of what goes in; NaN where that is no floats.
        size_out: of what comes out.
        gradient_in: norm of the gradient by what goes in, through this layer alone.
        gradient_out: by what comes out.
        weight_gradient: norm of the gradient by the layer's trainable weights; NaN without such.
        gain: √(fan_in · mean square of the weights), with the fan that the layer really has; NaN without weights.
        mean_share: share of the mean over samples in the mean square: 1 where all samples look alike.
        rank: effective rank (participation ratio) of the samples about their mean, at most samples - 1.
        dead: share of the units that are 0 for every sample.
        saturated: share of the numbers that an activation with bounds gives within 1 % of one of them.
        finite: whether all that comes out is finite.
        finite_in: whether all that goes in is.
    """

    layer: str
    kind: str
    activation: str
    units: int
    size_in: float
    size_out: float
    gradient_in: float
    gradient_out: float
    weight_gradient: float
    gain: float
    mean_share: float
    rank: float
    dead: float
    saturated: float
    finite: bool
    finite_in: bool

    @property
    def forward(self) -> float:
        """Size out over size in; NaN where nothing goes in."""
        return self.size_out / self.size_in if self.size_in > 0 else float("nan")

    @property
    def backward(self) -> float:
        """Norm of the gradient that the layer hands back, over that of the one it gets; NaN where it gets none."""
        return self.gradient_in / self.gradient_out if self.gradient_out > 0 else float("nan")
