"""Tests of independence of others, and of a careful NumPy programmer, on the same data as ours."""

import json
import subprocess
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from maskplay.analysis import hsic as room


def pair(n: int, columns: int = 1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Samples `(n, columns)` that depend weakly."""
    x, noise = np.random.default_rng(seed).standard_normal((2, n, columns))
    return x, 0.15 * x**2 + noise


def seconds(function: Callable[[], object], repeat: int = 1) -> float:
    """The best of some runs."""
    times = []
    for _ in range(repeat):
        began = perf_counter()
        function()
        times.append(perf_counter() - began)
    return min(times)


def differences() -> dict[str, float]:
    """Largest differences from others, where they compute the same."""
    import dcor

    x, y = pair(300)
    k, m = (np.exp(-((a - a.T) ** 2) / (2 * room.median_distance(a) ** 2)) for a in (x, y))
    h = np.eye(300) - 1 / 300
    kc, mc = h @ k @ h, h @ m @ h
    found = {
        "naive_biased": abs(room.hsic(x, y, estimator="biased") - np.sum(kc * mc) / 300**2),
        "naive_cka": abs(
            room.cka(x, y, estimator="biased") - np.sum(kc * mc) / np.sqrt(np.sum(kc**2) * np.sum(mc**2))
        ),
    }
    for n in (300, 20_000):
        a, b = (one[:, 0] for one in pair(n))
        line = room.distance_covariance(a, b)
        found[f"dcor_biased_{n}"] = abs(line.biased - dcor.distance_covariance_sqr(a, b))
        found[f"dcor_unbiased_{n}"] = abs(line.unbiased - dcor.u_distance_covariance_sqr(a, b))
    found["hyppo"] = abs(
        _hyppo_statistic(x, x**2 + y) - room.cka(x, x**2 + y, _hyppo_kernel(x), estimator="unbiased")
    )
    return {name: float(value) for name, value in found.items()}


def _hyppo_kernel(x: np.ndarray) -> room.Gaussian:
    # hyppo gives y the width of x.
    return room.Gaussian(room.median_distance(x))


def _hyppo_statistic(x: np.ndarray, y: np.ndarray) -> float:
    from hyppo.independence import Hsic

    return float(Hsic(bias=False).statistic(x, y))


def ours(n: int, permutations: int) -> float:
    """Seconds of our test, kernels and factors included."""
    x, y = pair(n)
    return seconds(lambda: room.independence_test(x, y, permutations=permutations), 5)


def hyppos(n: int, permutations: int) -> float:
    """Seconds of hyppo's."""
    from hyppo.independence import Hsic

    x, y = pair(n)
    test = Hsic()
    test.test(x, y, reps=1, workers=1, auto=False)  # compiles what it has of numba, which should not count
    return seconds(lambda: test.test(x, y, reps=permutations, workers=1, auto=False))


def numpys(n: int, permutations: int) -> float:
    """Seconds of a test that computes and centres both matrices once, and reorders by index."""
    x, y = pair(n)

    def test() -> float:
        rng = np.random.default_rng(0)
        centred = []
        for one in (x[:, 0], y[:, 0]):
            squared = (one[:, None] - one) ** 2
            k = np.exp(-squared / (2 * np.median(np.sqrt(squared[np.triu_indices(n, 1)])) ** 2))
            means = k.mean(0)
            centred.append(k - means - means[:, None] + means.mean())
        k, m = centred
        observed, reached = np.vdot(k, m), 0
        for _ in range(permutations):
            order = rng.permutation(n)
            reached += np.vdot(k, m[order[:, None], order]) >= observed
        return (1 + reached) / (1 + permutations)

    return seconds(test)


def floor(n: int, permutations: int) -> dict[str, float]:
    """What the permutation test cannot do without: reading the features once per order, and their products."""
    from maskplay.analysis.hsic.testing._prepared import Prepared

    x, y = pair(n)
    prepared = Prepared(room.Gaussian().gram(x), room.Gaussian().gram(y))
    ranks = [one.rank for one in prepared.features]
    operations = 2.0 * n * ranks[0] * ranks[1] * permutations
    moved = 4.0 * n * min(ranks) * permutations
    a = np.random.default_rng(0).standard_normal((1536, 1536)).astype(np.float32)
    peak = 2 * 1536**3 / seconds(lambda: a @ a, 3)
    source = np.ones(1 << 25, np.float32)
    target = np.empty_like(source)
    bandwidth = source.nbytes / seconds(lambda: np.copyto(target, source), 3)
    return {"seconds": operations / peak + moved / bandwidth, "gflop": operations / 1e9, "mb": moved / 1e6}


def laplace_ratio(n: int) -> tuple[float, float]:
    """Seconds of the exact statistic with its p-value, and of two argsorts of that length."""
    x, y = np.random.default_rng(0).standard_normal((2, n))
    sorts = seconds(lambda: (np.argsort(x), np.argsort(y)), 3)
    return seconds(lambda: room.laplace_hsic(x, y), 3), sorts


_STREAM = """
import json, time
import numpy as np
from maskplay.analysis import hsic
rng = np.random.default_rng(0)
def peak():  # of this program alone: what getrusage says may be its parent's
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))
def batches(count):
    for _ in range(count):
        x = rng.standard_normal((8192, 64), np.float32)
        yield x, 0.1 * x**2 + rng.standard_normal((8192, 64), np.float32)
for _ in batches(1):
    pass
before = peak()
began = time.perf_counter()
found = hsic.stream_hsic(batches(123), count=128)
print(json.dumps({"seconds": time.perf_counter() - began, "samples": found.samples, "p_value": found.p_value,
    "unbiased": found.unbiased, "error": found.error,
    "peak_mib": peak(), "before_mib": before}))
"""


def streamed() -> dict[str, float]:
    """A million samples of 64 columns each, by random features, in a process of its own."""
    run = subprocess.run([sys.executable, "-c", _STREAM], capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


def slope(sizes: list[int], times: list[float]) -> float:
    """Exponent of n in the cost."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])
