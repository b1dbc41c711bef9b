"""How far from orthogonal a matrix is."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.initialization._types import Floats
from maskplay.analysis.initialization.geometry.angle_law import AngleLaw
from maskplay.analysis.initialization.geometry.marchenko_pastur import MarchenkoPastur

_PAIRS = 100_000


@dataclass(frozen=True)
class Orthogonality:
    """How far WᵀW is from the identity, and what that means for the vectors that W maps.

    Attributes:
        rows: m.
        columns: n.
        entry_error: mean square of the entries of WᵀW - I, the measure of the post; 1/m or so for random ones.
        operator_error: its largest singular value: how much the square of a norm can change. 0 for orthogonal columns.
        singular_values: of W, the largest first `(min(m, n),)`.
        angles: of pairs of columns, in radians: all, or 100,000 drawn at random.
        norms: of Wx over those of x, for 1,000 random x.
    """

    rows: int
    columns: int
    entry_error: float
    operator_error: float
    singular_values: Floats
    angles: Floats
    norms: Floats

    @property
    def stable_rank(self) -> float:
        """Sum of the squared singular values over the largest: how many directions W does not forget."""
        squares = self.singular_values**2
        return float(squares.sum() / squares[0]) if squares[0] > 0 else 0.0

    @property
    def condition(self) -> float:
        """The largest singular value over the smallest; infinite where W forgets a direction altogether."""
        smallest = self.singular_values[-1] if self.rows >= self.columns else 0.0
        return float(self.singular_values[0] / smallest) if smallest > 0 else float("inf")

    @property
    def variance(self) -> float:
        """Mean square of the entries."""
        return float((self.singular_values**2).sum() / (self.rows * self.columns))

    @property
    def singular_distance(self) -> float:
        """Kolmogorov's distance of the singular values from those of a random matrix (`MarchenkoPastur`), 0 to 1."""
        if self.variance == 0:
            return 1.0
        law = MarchenkoPastur(self.rows, self.columns, self.variance)
        return _kolmogorov(self.singular_values, law)

    @property
    def angle_distance(self) -> float:
        """Kolmogorov's distance of the angles from those of random directions (`AngleLaw`), 0 to 1.

        It is large where columns are copies of each other or of low rank, and where they are orthogonal.
        """
        return _kolmogorov(self.angles, AngleLaw(self.rows)) if len(self.angles) else 0.0

    def table(self) -> str:
        """A line for each measure, beside what a random matrix of that size has."""
        random = MarchenkoPastur(self.rows, self.columns, 1 / self.rows)
        gain = (self.variance * self.rows) ** 0.5
        lines = [
            ("", "measured", "random"),
            (
                "mean square of WᵀW - I",
                f"{self.entry_error:.3g}",
                f"{(1 + 1 / self.columns) / self.rows:.3g}",
            ),
            ("norm of WᵀW - I", f"{self.operator_error:.3g}", f"{random.high**2 - 1:.3g}"),
            ("largest singular value", f"{self.singular_values[0]:.3g}", f"{random.high:.3g}"),
            ("smallest singular value", f"{self.singular_values[-1]:.3g}", f"{random.low:.3g}"),
            ("stable rank", f"{self.stable_rank:.3g}", f"{self.columns / random.high**2:.3g}"),
            ("norm kept, mean", f"{self.norms.mean():.3g}", "1"),
            ("norm kept, deviation", f"{self.norms.std():.2g}", f"{(2 * self.rows) ** -0.5:.2g}"),
            ("gain", f"{gain:.3g}", "1"),
        ]
        return "\n".join(f"{name:<24} {own:>9} {other:>9}" for name, own, other in lines)

    def draw(self, path: str | os.PathLike[str], *, theme: str = "auto") -> None:
        """Draw singular values, angles and norms beside their laws.

        Args:
            path: a .png or .svg.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
        """
        from maskplay.analysis._pictures import drawing
        from maskplay.analysis.initialization.geometry.draw_orthogonality import draw_orthogonality

        with drawing(path, (10, 2.9), theme) as (figure, colours):
            draw_orthogonality(figure.subplots(1, 3), self, colours)


def orthogonality(matrix: Any, *, seed: int = 0) -> Orthogonality:
    """Measure how far a matrix is from keeping norms and angles.

    A random matrix is nearly orthogonal entry by entry (Scientific Spaces 7180), and so keeps the norm of nearly every
    vector; it is not as an operator, and there are vectors that it forgets.

    Args:
        matrix: W `(m, n)`, which maps x to Wx; transpose the kernel of a Keras `Dense`. Weights of more axes are
            taken as `(all but the last, the last)`, transposed: their columns are what one input gives.
        seed: of the vectors that are tried.

    Raises:
        ValueError: it has fewer than two axes, is empty, or has numbers that are not finite.

    >>> from maskplay.analysis.initialization import random_matrix
    >>> found = orthogonality(random_matrix(512, 512))
    >>> round(found.entry_error, 4), round(found.operator_error, 1), round(float(found.singular_values[0]), 1)
    (0.002, 2.9, 2.0)
    >>> orthogonality(np.eye(7)).operator_error
    0.0
    """
    w = np.asarray(matrix, np.float64)
    if w.ndim < 2 or w.size == 0:
        raise ValueError(f"A matrix must have two axes and entries. Received: shape {w.shape}")
    if w.ndim > 2:
        w = w.reshape(-1, w.shape[-1]).T
    if not np.isfinite(w).all():
        raise ValueError("The entries of the matrix must be finite. Received: NaN or infinity")
    rows, columns = w.shape
    values: Floats = np.linalg.svd(w, compute_uv=False).astype(np.float64)
    squares = values**2
    # The eigenvalues of WᵀW that are no singular values of W are zeros.
    missing = max(columns - rows, 0)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((columns, 1000))
    return Orthogonality(
        rows=rows,
        columns=columns,
        entry_error=float((((squares - 1) ** 2).sum() + missing) / columns**2),
        operator_error=float(max(np.abs(squares - 1).max(), 1.0 if missing else 0.0)),
        singular_values=values,
        angles=_angles(w, rng),
        norms=np.linalg.norm(w @ x, axis=0) / np.linalg.norm(x, axis=0),
    )


def _angles(w: Floats, rng: np.random.Generator) -> Floats:
    """Angles of pairs of columns that are not zero."""
    norms = np.linalg.norm(w, axis=0)
    unit = w[:, norms > 0] / norms[norms > 0]
    count = unit.shape[1]
    if len(w) < 2 or count < 2:
        return np.zeros(0)
    if count * (count - 1) // 2 <= _PAIRS:
        i, j = np.triu_indices(count, 1)
        cosines = (unit.T @ unit)[i, j]
    else:
        i = rng.integers(0, count, _PAIRS)
        j = (i + rng.integers(1, count, _PAIRS)) % count
        cosines = np.concatenate(
            [
                (unit[:, a] * unit[:, b]).sum(0)
                for a, b in zip(np.array_split(i, 64), np.array_split(j, 64), strict=True)
            ]
        )
    return np.arccos(np.clip(cosines, -1, 1))


def _kolmogorov(sample: Floats, law: Any) -> float:
    ordered = np.sort(sample)
    expected = law.cdf(ordered)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(max((steps[1:] - expected).max(), (expected - steps[:-1]).max()))
