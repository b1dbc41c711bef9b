"""Whether two sheets close up: the lead of one turning over the other."""

from dataclasses import dataclass

import numpy as np

from maskplay.geometry.curve import Curve
from maskplay.geometry.tabulated import Floats

TOLERANCE = 1e-9
"""Radians by which the lead may be negative: what rounding does to curves that touch."""
_RATIO = 1.02  # between neighbouring points near the ends, where the lead vanishes in proportion
_ENDS = 1e-9  # shares of the quarter that the geometric points leave at each end
_EVEN = 1024
_SEEN = 1e-10  # sines below this are mostly rounding
_TOUCH = 1e-13  # radians of lead that are rounding
_TABLE = 4e-14  # and in proportion to what is left to the end: tables hold a turning to rounding times a panel's share


@dataclass(frozen=True, slots=True)
class Criterion:
    """How two sheets pass the criterion of gluing.

    Let α(s) be what the first sheet has turned from its tip along the seam, and β(s) the second one from where that
    tip is glued. With h₁' = cos α and h₂' = sin β (up to sign) the post's condition 1 − h₁'² − h₂'² ≥ 0 says
    sin(α − β) sin(α + β) ≥ 0: **the first sheet's turning must lead**, α ≥ β. (Scientific Spaces 6818.)

    Attributes:
        lead: the least α − β found, in radians, rounding left out; 0 at both ends, so negative if the criterion fails.
        at: the arc length from the tip where that is.
        margin: the least 1 − (tan β / tan α)² found between the ends; 0 where the sheets touch without bending.
        certified_lead: α − β is nowhere below this. Not sampled: both turnings ascend, so on an interval from p to q
            the lead is at least α(p) − β(q).
        certified_margin: the same for the margin, from 10⁻⁹ of the quarter to 1 − 10⁻⁹, where sin α and cos β are above
            10⁻¹⁰.
    """

    lead: float
    at: float
    margin: float
    certified_lead: float
    certified_margin: float

    @property
    def holds(self) -> bool:
        """Whether the sheets close up."""
        return self.lead >= -TOLERANCE

    @classmethod
    def of(cls, first: Curve, second: Curve) -> "Criterion":
        """Measure two quarters that are walked together along the seam.

        Args:
            first: from its tip.
            second: from where that tip is glued; of the same length.
        """
        s = probes(first, second)
        alpha, beta = first.turned(s), second.turned(s)
        # The limits on both sides of a corner, and a bound on what lies between two neighbours.
        alpha_before, beta_before = _before(first, s, alpha), _before(second, s, beta)
        leads = np.minimum(alpha - beta, alpha_before - beta_before)
        rounding = _TABLE / np.clip(np.minimum(s, first.length - s) / first.length, _ENDS, None)
        leads = np.where(np.abs(leads) <= rounding, 0.0, leads)
        inner = slice(1, -1)
        margins = np.minimum(_margin(alpha, beta), _margin(alpha_before, beta_before))[inner]
        bounds = _margin(alpha[:-1], beta_before[1:])[inner]
        worst = int(np.argmin(leads))
        return cls(
            lead=float(leads[worst]),
            at=float(s[worst]),
            margin=float(margins.min()),
            certified_lead=float((alpha[:-1] - beta_before[1:]).min()),
            certified_margin=float(bounds.min()),
        )


def _before(curve: Curve, s: Floats, turned: Floats) -> Floats:
    """Give the limits of a turning from the left, which differ from those on the right at breaks alone."""
    at = np.clip(np.searchsorted(s, curve.breaks), 0, len(s) - 1)
    limits = turned.copy()
    limits[at] = curve.turned(s[at], "left")
    return limits


def probes(first: Curve, second: Curve) -> Floats:
    """List arc lengths `(n,)` that see everything: breaks, even steps, and geometric steps to both ends."""
    length = first.length
    count = int(np.log(0.5 / _ENDS) / np.log(_RATIO)) + 1
    near = length * np.geomspace(_ENDS, 0.5, count)
    even = np.linspace(0, length, _EVEN + 1)
    found = np.concatenate([first.breaks, second.breaks, near, length - near, even])
    return np.unique(np.clip(found, 0, length))


def _margin(alpha: Floats, beta: Floats) -> Floats:
    """Give 1 − (tan β / tan α)²; 0 where both are the same, infinite where α is too small or β too large to say."""
    above, below = np.sin(beta) * np.cos(alpha), np.sin(alpha) * np.cos(beta)
    touching = np.abs(alpha - beta) <= _TOUCH
    known = (np.sin(alpha) > _SEEN) & (np.cos(beta) > _SEEN) & ~touching
    ratio = np.divide(above, below, out=np.ones_like(above), where=known)
    return np.asarray(np.where(known | touching, 1 - ratio**2, np.inf))
