"""HSIC of data that do not fit in memory."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from maskplay.analysis.hsic._samples import same_length
from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.features.fourier import RandomFourier
from maskplay.analysis.hsic.features.nystroem import Nystroem
from maskplay.analysis.hsic.kernels import KernelLike, as_kernel
from maskplay.analysis.hsic.testing._moments import Invariants, gamma_tail, null_moments, null_skewness

Features = Callable[[Any], Floats]
_GROUPS = 8


@dataclass(frozen=True)
class StreamedDependence:
    """What a stream of samples showed.

    Attributes:
        biased: the 1/n² estimate, of the kernels that the features define.
        unbiased: the estimate without bias.
        error: how far `biased` is off for the features' sake: its standard error for random Fourier features; for
            Nyström features a bound, by which it is too small at most; NaN for others, and for fewer than 16 features.
        cka: the biased estimate over the geometric mean of the variables' own.
        p_value: by the gamma distribution.
        samples: how many there were.
    """

    biased: float
    unbiased: float
    error: float
    cka: float
    p_value: float
    samples: int


class StreamingHSIC:
    """Adds up what is needed of batches, in memory that does not grow: the estimate over all samples together.

    It is the exact statistic, unbiased over the union and not a mean over batches, for the kernels that the features
    define.

    Args:
        features_x: gives `(batch, count)` for a batch of `x`; see `RandomFourier` and `Nystroem`.
        features_y: the same for `y`.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> stream = StreamingHSIC(lambda x: x, lambda y: y)
    >>> for _ in range(10):
    ...     x = rng.standard_normal((100, 2))
    ...     stream.update(x, x[:, :1] + rng.standard_normal((100, 1)))
    >>> found = stream.result()
    >>> found.samples, found.p_value < 1e-6
    (1000, True)
    """

    def __init__(self, features_x: Features, features_y: Features) -> None:
        self._features = features_x, features_y
        self._shift: tuple[Floats, Floats] | None = None
        self._n = 0
        self._sums: list[Any] = []
        self._left_out = [0.0, 0.0]

    def update(self, x: Any, y: Any) -> None:
        """Add a batch.

        Raises:
            ValueError: if `x` and `y` have different numbers of samples.
        """
        a, b = (np.asarray(make(one)) for make, one in zip(self._features, (x, y), strict=True))
        same_length(len(a), len(b))
        for i, (make, one, found) in enumerate(zip(self._features, (x, y), (a, b), strict=True)):
            if isinstance(make, Nystroem):
                self._left_out[i] += max(make.trace(one) - float(np.square(found).sum()), 0.0)
        if self._shift is None:
            # No estimate changes when features are shifted; about their mean, sums lose no digits.
            self._shift = a.mean(0), b.mean(0)
        a, b = a - self._shift[0], b - self._shift[1]
        p, q = (np.einsum("ij,ij->i", one, one, dtype=np.float64) for one in (a, b))
        new = [a.sum(0, dtype=np.float64), b.sum(0, dtype=np.float64), a.T @ b, a.T @ a, b.T @ b]
        new += [
            q @ a,
            p @ b,
            float(p @ q),
            float(p.sum()),
            float(q.sum()),
            p @ a,
            q @ b,
            float(p @ p),
            float(q @ q),
        ]
        new = [np.asarray(one, np.float64) for one in new]
        self._sums = [old + one for old, one in zip(self._sums, new, strict=True)] if self._sums else new
        self._n += len(a)

    def result(self) -> StreamedDependence:
        """Say what was seen so far.

        Raises:
            ValueError: after fewer than 4 samples.
        """
        n = self._n
        if n < 4:
            raise ValueError(f"A streamed estimate needs at least 4 samples. Received: {n}")
        sa, sb, ab, aa, bb, qa, pb, pq, p, q, pa, qb, pp, qq = self._sums
        cross = ab - np.outer(sa, sb) / n
        own_a, own_b = aa - np.outer(sa, sa) / n, bb - np.outer(sb, sb) / n
        biased = float(np.vdot(cross, cross)) / n**2
        sides = (
            _invariants(n, sa, aa, float(p), pa, float(pp), own_a),
            _invariants(n, sb, bb, float(q), qb, float(qq), own_b),
        )
        mean, variance = null_moments(*sides)
        norm = (sides[0].square * sides[1].square) ** 0.5 / n**2
        return StreamedDependence(
            biased=biased,
            unbiased=_unbiased(n, sa, sb, ab, qa, pb, float(pq), float(p), float(q)),
            error=self._error(cross, own_a, own_b),
            cka=min(biased / norm, 1.0) if norm > 0 else 0.0,
            p_value=float(gamma_tail(biased, mean, variance, null_skewness(*sides))),
            samples=n,
        )

    def _error(self, cross: Floats, own_a: Floats, own_b: Floats) -> float:
        if all(isinstance(make, RandomFourier) for make in self._features):
            return _standard_error(cross, self._n)
        if not all(isinstance(make, Nystroem) for make in self._features):
            return float("nan")
        # The trace of the product of two such matrices is at most the largest eigenvalue of one times the trace of the
        # other; what features leave out is such a matrix.
        left_x, left_y = self._left_out
        top_x, top_y = (max(float(np.linalg.eigvalsh(own)[-1]), 0.0) for own in (own_a, own_b))
        return (left_x * (top_y + left_y) + top_x * left_y) / self._n**2


def stream_hsic(
    batches: Iterable[tuple[Any, Any]],
    kernel: KernelLike = None,
    kernel_y: KernelLike = None,
    *,
    features: Literal["fourier", "nystroem"] = "fourier",
    count: int = 128,
    seed: int = 0,
) -> StreamedDependence:
    """HSIC of an iterator of batches `(x, y)`, by features, in constant memory.

    Args:
        batches: pairs of arrays `(batch, …)`; open widths are those of the first batch.
        kernel: Gaussian or Laplace for Fourier features, any for Nyström ones.
        kernel_y: the same for `y`; None takes `kernel`.
        features: "fourier", whose error shrinks as the square root of their number, or "nystroem": similarities to
            samples of the first batch, better for smooth kernels and good for labels.
        count: frequencies, or landmarks, for each variable.
        seed: of their choice.

    Raises:
        ValueError: no batches, unknown features, or as in `hsic`.
        TypeError: another kernel than Gaussian or Laplace for Fourier features.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> found = stream_hsic((x, np.abs(x)) for x in rng.standard_normal((20, 500, 2)))
    >>> found.samples, found.unbiased > 5 * found.error
    (10000, True)
    """
    if features not in _MAKERS:
        raise ValueError(f"features must be one of {', '.join(_MAKERS)}. Received: {features!r}")
    make, stream = _MAKERS[features], None
    for x, y in batches:
        if stream is None:
            other = kernel if kernel_y is None else kernel_y
            stream = StreamingHSIC(make(x, kernel, count, 2 * seed), make(y, other, count, 2 * seed + 1))
        stream.update(x, y)
    if stream is None:
        raise ValueError("There must be at least one batch. Received: none")
    return stream.result()


def _drawn(x: Any, kernel: KernelLike, count: int, seed: int) -> RandomFourier:
    chosen = as_kernel("gaussian" if kernel is None else kernel)
    samples = chosen.prepare(x)
    return RandomFourier.draw(chosen.fit(samples), samples.shape[1], count, seed, samples.mean(0))


_MAKERS: dict[str, Callable[[Any, KernelLike, int, int], Features]] = {
    "fourier": _drawn,
    "nystroem": Nystroem.fit,
}


def _invariants(
    n: int, total: Floats, gram: Floats, p: float, pa: Floats, pp: float, own: Floats
) -> Invariants:
    """Of the centred matrix, with its diagonal |a - mean|² squared and summed by moments."""
    mean = total / n
    length = float(mean @ mean)
    quartic = pp + 4 * float(mean @ gram @ mean) + n * length**2 - 4 * float(pa @ mean)
    quartic += 2 * p * length - 4 * length * float(total @ mean)
    return Invariants(
        n, float(np.trace(own)), float(np.vdot(own, own)), max(quartic, 0.0), float(np.vdot(own @ own, own))
    )


def _unbiased(
    n: int, sa: Floats, sb: Floats, ab: Floats, qa: Floats, pb: Floats, pq: float, p: float, q: float
) -> float:
    product = float(np.vdot(ab, ab)) - pq
    rows = float(sa @ ab @ sb) - float(qa @ sa) - float(pb @ sb) + pq
    totals = (float(sa @ sa) - p) * (float(sb @ sb) - q)
    return (product + totals / ((n - 1) * (n - 2)) - 2 * rows / (n - 2)) / (n * (n - 3.0))


def _standard_error(cross: Floats, n: int) -> float:
    """Jackknife over groups of features of both variables (cosine and sine stay together)."""
    if min(cross.shape) < 2 * _GROUPS:
        return float("nan")
    squares = np.square(cross) / n**2
    variance = 0.0
    for axis in (0, 1):
        sums = squares.sum(1 - axis)
        pairs = sums[: len(sums) // 2 * 2].reshape(-1, 2).sum(1)
        groups = np.array([part.mean() for part in np.array_split(pairs, _GROUPS)]) * len(pairs)
        variance += float(groups.var(ddof=1)) / _GROUPS
    return variance**0.5
