"""A matrix beside the laws of random ones, in a picture."""

from typing import TYPE_CHECKING, Any

import numpy as np

from maskplay.analysis._pictures import Theme
from maskplay.analysis.initialization.geometry.angle_law import AngleLaw
from maskplay.analysis.initialization.geometry.marchenko_pastur import MarchenkoPastur

if TYPE_CHECKING:
    from maskplay.analysis.initialization.geometry.orthogonality import Orthogonality


def draw_orthogonality(axes: Any, found: "Orthogonality", theme: Theme) -> None:
    """Draw on three axes: singular values, angles of columns, norms kept."""
    values, angles, norms = axes
    law = MarchenkoPastur(found.rows, found.columns, found.variance or None)
    _histogram(values, found.singular_values, min(40, 4 + len(found.singular_values) // 8))
    s = np.linspace(law.low + 1e-4, law.high, 400)
    values.plot(s, law.density(s), color=theme.ink, lw=1.2, label="Marchenko–Pastur")
    values.axvline(1, color=theme.lines[1], lw=1, ls="--", label="orthogonal")
    values.set(title="singular values", xlabel="singular value", ylabel="density")
    values.set_ylim(0, 1.4 * max(law.density(s[20:]).max(), 0.5))
    values.legend(loc="upper right")
    if len(found.angles):
        _histogram(angles, np.degrees(found.angles), 40)
        spread = max(4 * AngleLaw(found.rows).variance ** 0.5, 1e-3)
        t = np.linspace(max(np.pi / 2 - spread, 0), min(np.pi / 2 + spread, np.pi), 400)
        angles.plot(
            np.degrees(t),
            AngleLaw(found.rows).density(t) * np.pi / 180,
            color=theme.ink,
            lw=1.2,
            label="exact law",
        )
        angles.legend(loc="upper right")
    angles.set(title="angles of columns", xlabel="degrees")
    _histogram(norms, found.norms, 30)
    norms.set(title="norms kept, of random x", xlabel="|Wx| / |x|")


def _histogram(axes: Any, values: Any, bins: int) -> None:
    """Shares per unit, also where all values are one."""
    if np.ptp(values) < 1e-6 * max(abs(float(np.max(values))), 1e-12):
        axes.axvline(float(np.mean(values)), color="C0", lw=3, alpha=0.7)
        return
    axes.hist(values, bins=bins, density=True, alpha=0.6, color="C0")
