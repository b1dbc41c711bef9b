"""How one layer differs between two reports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerChange:
    """What has become of what one layer gives.

    Attributes:
        layer: its name.
        size: of what comes out, over that of before.
        gain: of its weights, over that of before; NaN without weights.
        mean_share: what was added to it.
        rank: over that of before.
        dead: what was added to the share of dead units.
    """

    layer: str
    size: float
    gain: float
    mean_share: float
    rank: float
    dead: float
