"""Smoothness as text."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maskplay.analysis.smoothness.report.smoothness import Smoothness

_LAYERS = 12


def table(found: "Smoothness") -> str:
    """A line for each measure, and one for each of the steepest layers."""
    lines = [
        f"loss                        {found.loss:.5g}",
        f"norm of the gradient        {found.gradient_norm:.4g}",
        f"curvature, largest          {found.eigenvalues.largest}",
        f"curvature, smallest         {found.eigenvalues.smallest}",
        f"L, by curvature             {found.lipschitz}",
        f"L, at least, by secants     {found.lipschitz_by_secants:.4g}",
        f"learning rate, at most 2/λ  {found.stable_rate}",
    ]
    if found.tried_rate is not None:
        lines.append(f"learning rate, by trying    {_tried(found.tried_rate)}")
    if found.trace is not None:
        lines.append(f"trace                       {found.trace}")
    if not found.eigenvalues.converged:
        lines.append("The curvature is not known to the tolerance yet: allow more steps.")
    if found.layers:
        width = max(len("layer"), *(len(one.layer) for one in found.layers[:_LAYERS]))
        lines += ["", f"{'layer':<{width}}  {'weights':>10}  curvature"]
        for one in found.layers[:_LAYERS]:
            lines.append(f"{one.layer:<{width}}  {one.parameters:>10,}  {one.eigenvalues.modulus}")
        if len(found.layers) > _LAYERS:
            lines.append(f"… and {len(found.layers) - _LAYERS} layers of less curvature")
    return "\n".join(lines)


def _tried(rate: float) -> str:
    if rate == 0:
        return "none that was tried goes down"
    return f"{rate:.4g}" if rate < float("inf") else "all that were tried go down"
