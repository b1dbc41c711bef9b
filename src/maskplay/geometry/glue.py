"""Gluing two sheets with mirror lines."""

from typing import Literal

import numpy as np

from maskplay.geometry.criterion import Criterion
from maskplay.geometry.gluing_error import GluingError
from maskplay.geometry.mirror_lines import with_mirror_lines
from maskplay.geometry.nearest import nearest
from maskplay.geometry.outline import Outline
from maskplay.geometry.solid import Solid

_SAME_LENGTH = 1e-9  # relative


def glue(
    first: Outline,
    second: Outline | None = None,
    *,
    onto: Literal["flank", "tip"] = "flank",
    fit: bool = False,
    mend: bool = False,
) -> Solid:
    """Glue two sheets along their edges to a solid. (Scientific Spaces 6818.)

    Both need two mirror lines and must be equally long around. Any two convex sheets can be glued by `dform`, without
    a closed form.

    Args:
        first: an outline.
        second: another one; None for a second sheet like the first.
        onto: what of the second sheet the first one's tip is glued to.
        fit: scale the second sheet to the first one's perimeter.
        mend: where the criterion fails, glue the nearest shapes that pass; see `nearest`.

    Raises:
        GluingError: if a mirror line is missing, the lengths differ, or the criterion fails; where, by how much, and
            what would do.

    >>> from maskplay.geometry import ellipse
    >>> solid = glue(ellipse(2, 1))
    >>> round(solid.length, 9), round(solid.volume, 9), solid.convex
    (1.569757379, 3.167463592, True)
    """
    one, other = matched(first, second, onto=onto, fit=fit)
    criterion = Criterion.of(one.curve, other.curve)
    if criterion.holds:
        return Solid(one, other, criterion)
    swapped = Criterion.of(other.curve, one.curve)
    if swapped.holds:  # the other sheet is the one that bends around x = 0
        return Solid(other, one, swapped)
    near = nearest(one, other)
    if mend:
        return Solid(near.first, near.second, Criterion.of(near.first.curve, near.second.curve))
    raise GluingError(
        f"{one.name} and {other.name} do not close up as cylinders: after {criterion.at:.6g} of {one.curve.length:.6g} "
        f"along the seam the first sheet has turned {np.degrees(-criterion.lead):.3g}° less than the second. The "
        f"nearest shapes that do are {near.moved:.3g} away at most (mend=True, or --mend); without change, any two "
        "convex sheets can be glued by dform (--offset)."
    )


def matched(
    first: Outline, second: Outline | None, *, onto: Literal["flank", "tip"], fit: bool
) -> tuple[Outline, Outline]:
    """Put two sheets in position: mirror lines found, lengths compared, the second started where it is glued.

    Raises:
        GluingError: if a mirror line is missing, the lengths differ, or `onto` is none of the two.
    """
    if onto not in ("flank", "tip"):
        raise GluingError(f"A tip is glued onto 'flank' or 'tip'. Received: {onto!r}")
    one = with_mirror_lines(first)
    other = one if second is None else fitted(one, with_mirror_lines(second), fit=fit)
    return one, other.from_flank() if onto == "flank" else other


def fitted(first: Outline, second: Outline, *, fit: bool) -> Outline:
    """Scale the second outline to the first one's perimeter, or check that it needs no scaling.

    Raises:
        GluingError: if the perimeters differ and `fit` does not hold.
    """
    factor = first.perimeter / second.perimeter
    if fit or abs(factor - 1) <= _SAME_LENGTH:
        return second.scaled(factor) if abs(factor - 1) > 1e-15 else second
    raise GluingError(
        f"Both sheets must be equally long around. Received: {first.name} with {first.perimeter:.9g} and "
        f"{second.name} with {second.perimeter:.9g}. Scale the second by {factor:.9g} (fit=True, or --fit)."
    )
