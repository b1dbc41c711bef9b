"""The eigenvalues at both ends of a spectrum."""

from dataclasses import dataclass
from math import acosh, cosh, pi, sqrt

import numpy as np

from maskplay.analysis.smoothness._types import Floats, Product, Vector
from maskplay.analysis.smoothness.curvature.interval import Interval

_LEAST = 4  # steps: fewer may take the second eigenvalue for the first
_DOUBT = 0.01  # probability that the ceiling is too low
_ROWS = 8  # of a matrix of vectors
_PART = 1 << 15  # numbers that are added in single precision
_ROUNDING = 100  # units of the last place that a product may be wrong by: 1e-5 in float32


@dataclass(frozen=True)
class Eigenvalues:
    """The ends of the spectrum of a symmetric matrix.

    Attributes:
        largest: its largest eigenvalue, and bounds by the residual of Lanczos. The lower one always holds (but for
            rounding, which is allowed for). The upper one says that an eigenvalue is no farther; see `ceiling` for what
            is proven of all.
        smallest: the same for the smallest.
        ceiling: no eigenvalue is larger, with a probability of 99 % over the start vector, whatever the spectrum. That
            is proven (see `extreme_eigenvalues`), and therefore far.
        products: how many products with vectors it took.
        converged: whether the larger modulus of the two is known to the tolerance.
    """

    largest: Interval
    smallest: Interval
    ceiling: float
    products: int
    converged: bool

    @property
    def modulus(self) -> Interval:
        """The largest eigenvalue by modulus, without its sign: of a Hessian, the Lipschitz constant of the gradient."""
        up, down = self.largest, self.smallest
        value = max(up.value, -down.value)
        return Interval(value, max(up.low, -down.high, 0.0), max(up.high, -down.low, 0.0))


def extreme_eigenvalues(
    product: Product, size: int, *, tolerance: float = 0.01, steps: int = 40, seed: int = 0
) -> Eigenvalues:
    """Find the largest and the smallest eigenvalue of a symmetric matrix by Lanczos.

    Each step costs one product; all vectors are kept (`steps · size` floats) and orthogonalized against each other,
    again where digits were lost, so that no eigenvalue comes up again as a ghost. It ends when the larger modulus of
    both ends is known to the tolerance by its residual: there is an eigenvalue no farther from a Ritz value than that.
    (Most are much nearer: by its square over the distance to the next one, which nobody knows for sure.)

    The ceiling: let θ be the Ritz value, λ the eigenvalue, w = θ less the smallest eigenvalue, and c the part of the
    unit start vector along λ's eigenvector. Were λ > θ, Chebyshev's polynomial of degree steps - 1 on the rest of the
    spectrum would be a trial vector; so x = (λ - θ)/w has x·T²(1 + 2x) ≤ 1/c². A uniform start vector has
    |c| > δ/√size but for a probability of δ·√(2/π).

    Args:
        product: gives the matrix times a vector `(size,)`, as a vector of the same type.
        size: of the vectors.
        tolerance: relative, of the eigenvalue of larger modulus.
        steps: at most so many products.
        seed: of the start vector.

    Raises:
        ValueError: a size, a tolerance or a number of steps that is not positive; the product gives vectors of another
            shape, or numbers that are not finite.

    >>> matrix = np.diag([5.0, 2.0, 1.0, -3.0])
    >>> found = extreme_eigenvalues(lambda v: matrix @ v, 4)
    >>> print(found.largest, found.smallest, found.products)
    5 -3 4
    """
    if size < 1 or steps < 1 or not tolerance > 0:
        raise ValueError(
            f"size, steps and tolerance must be positive. Received: {size}, {steps} and {tolerance:g}"
        )
    v, basis = _start(size, seed), _Basis(size)
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        w = checked(product(v), size)
        basis.add(v.astype(w.dtype, copy=False))
        diagonal.append(_dot(v, w))
        w, norm = basis.rest_of(w, [diagonal[-1], *beside[-1:]])
        values, last = _ritz(diagonal, beside)
        epsilon = float(np.finfo(w.dtype).eps)
        scale = float(np.abs(values).max())
        done = len(basis) == size or norm <= 20 * epsilon * max(scale, np.finfo(w.dtype).tiny)
        residuals = (0.0 if done else norm) * np.abs(last)
        found = _found(values, residuals, _ROUNDING * epsilon * scale, size, len(basis), tolerance, done)
        if done or len(basis) >= steps or (found.converged and len(basis) >= _LEAST):
            return found
        beside.append(norm)
        v = w / w.dtype.type(norm)


def checked(w: Vector, size: int) -> Vector:
    """A product, if it is one.

    Raises:
        ValueError: it is of another shape, or not finite.
    """
    w = np.asarray(w)
    if w.shape != (size,) or w.dtype.kind != "f":
        raise ValueError(f"The product must be floats of shape ({size},). Received: {w.dtype} {w.shape}")
    if not np.isfinite(w).all():
        raise ValueError(
            "The product must be finite. Received: NaN or infinity; is the loss finite and twice differentiable here?"
        )
    return w


def _start(size: int, seed: int) -> Vector:
    v = np.random.default_rng(seed).standard_normal(size)
    v /= np.linalg.norm(v)
    return v


def _dot(a: Vector, b: Vector) -> float:
    """The product of two vectors, whose parts are added in double precision."""
    parts = (np.dot(a[at : at + _PART], b[at : at + _PART]) for at in range(0, len(a), _PART))
    return float(sum(map(float, parts)))


class _Basis:
    """Vectors at right angles to each other, as rows of a few matrices: two products with these clean a vector."""

    def __init__(self, size: int) -> None:
        self._size, self._count = size, 0
        self._matrices: list[Vector] = []

    def __len__(self) -> int:
        return self._count

    def add(self, v: Vector) -> None:
        """Add a unit vector."""
        number, row = divmod(self._count, _ROWS)
        if number == len(self._matrices):
            self._matrices.append(np.empty((_ROWS, self._size), v.dtype))
        self._matrices[number][row] = v
        self._count += 1

    def rest_of(self, w: Vector, parts: list[float]) -> tuple[Vector, float]:
        """What is left of a vector at right angles to all, and its norm.

        Args:
            w: the vector `(size,)`.
            parts: those along the last of the basis, backward, which are taken off first: other parts are rounding.
        """
        for back, part in enumerate(parts, 1):
            number, row = divmod(self._count - back, _ROWS)
            w = w - w.dtype.type(part) * self._matrices[number][row]
        norm = sqrt(_dot(w, w))
        for _ in range(3):  # "twice is enough", but for rounding
            for number, matrix in enumerate(self._matrices):
                rows = matrix[: self._count - number * _ROWS]
                w -= (rows @ w) @ rows
            before, norm = norm, sqrt(_dot(w, w))
            # What falls much has lost digits, and is cleaned once more; what falls to rounding is told as such.
            if norm > 0.7 * before or norm <= 20 * float(np.finfo(w.dtype).eps) * abs(parts[0]):
                break
        return w, norm


def _ritz(diagonal: list[float], beside: list[float]) -> tuple[Floats, Floats]:
    """Eigenvalues of the tridiagonal matrix, rising, and the last entries of its eigenvectors."""
    matrix = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
    values, vectors = np.linalg.eigh(matrix)
    return values, vectors[-1]


def _found(
    values: Floats, residuals: Floats, rounding: float, size: int, steps: int, tolerance: float, done: bool
) -> Eigenvalues:
    up, down = residuals[-1], residuals[0]
    largest = Interval(
        float(values[-1]), float(values[-1]) - rounding, float(values[-1]) + float(up) + rounding
    )
    smallest = Interval(
        float(values[0]), float(values[0]) - float(down) - rounding, float(values[0]) + rounding
    )
    scale = float(np.abs(values).max())
    furthest = max(float(values[-1] + up), float(down - values[0]))
    ceiling = largest.high
    if not done:
        x = _beyond(size, steps)
        share = x / (1 - x) if x < 1 else float("inf")
        ceiling = (
            max(ceiling, float(values[-1]) + share * float(values[-1] - values[0])) if steps > 1 else np.inf
        )
    return Eigenvalues(
        largest, smallest, float(ceiling), steps, bool(done or furthest <= (1 + tolerance) * scale)
    )


def _beyond(size: int, steps: int) -> float:
    """The largest x with x·T²(1 + 2x) ≤ 1/c², for a c that only half the doubt is below (the other: the other end)."""
    room = size * (2 / pi) / (_DOUBT / 2) ** 2

    def left(x: float) -> float:
        turns = (steps - 1) * acosh(1 + 2 * x)
        return float("inf") if turns > 300 else x * cosh(turns) ** 2

    low, high = 0.0, 1.0
    if left(high) <= room:
        return 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) <= room else (low, middle)
    return high
