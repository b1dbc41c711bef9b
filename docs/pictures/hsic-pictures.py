"""Draws the pictures of docs/hsic.md (a minute or two): python docs/pictures/hsic-pictures.py [--power]

They need matplotlib; --power draws hsic-power.svg too and needs hyppo.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from maskplay.analysis import hsic
from maskplay.analysis._pictures import drawing

HERE = Path(__file__).parent
Shape = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]


def linear(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """A line in noise."""
    x = rng.uniform(-1, 1, n)
    return x, x + 1.0 * rng.standard_normal(n)


def sine(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Two waves."""
    x = rng.uniform(-1, 1, n)
    return x, np.sin(4 * np.pi * x) + 0.5 * rng.standard_normal(n)


def circle(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """A circle."""
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.cos(angle) + 0.3 * rng.standard_normal(n), np.sin(angle) + 0.3 * rng.standard_normal(n)


def w_shape(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """A W."""
    x = rng.uniform(-1, 1, n)
    return x, 4 * (x**2 - 0.5) ** 2 + 0.4 * rng.standard_normal(n)


def spiral(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """A spiral."""
    radius = rng.uniform(0, 5, n)
    noise = 0.4 * rng.standard_normal((2, n))
    return radius * np.cos(np.pi * radius) + noise[0], radius * np.sin(np.pi * radius) + noise[1]


def multiplicative(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise of a size that x decides."""
    x, noise = rng.standard_normal((2, n))
    return x, x * noise


def two_parabolas(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """A parabola and its mirror image."""
    x = rng.uniform(-1, 1, n)
    return x, (x**2 + 0.3 * rng.standard_normal(n)) * rng.choice([-1, 1], n)


def independent(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nothing to find."""
    return rng.standard_normal(n), rng.standard_normal(n)


SHAPES: tuple[Shape, ...] = (
    linear,
    sine,
    circle,
    w_shape,
    spiral,
    multiplicative,
    two_parabolas,
    independent,
)


def power(runs: int = 60, sizes: tuple[int, ...] = (25, 50, 100)) -> None:
    """How often each test finds the dependence, at 5 %."""
    from hyppo.independence import Dcorr, Hsic

    tests: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
        "ours, permutation": lambda x, y: hsic.independence_test(x, y, permutations=199).p_value,
        "ours, all widths": lambda x, y: hsic.aggregated_test(x, y, permutations=199).p_value,
        "hyppo Hsic": lambda x, y: Hsic().test(x[:, None], y[:, None], auto=True)[1],
        "hyppo Dcorr": lambda x, y: Dcorr().test(x[:, None], y[:, None], auto=True)[1],
    }
    with drawing(HERE / "hsic-power.svg", (10, 4.8)) as (figure, colours):
        axes = figure.subplots(2, 4, sharex=True, sharey=True).ravel()
        for place, shape in zip(axes, SHAPES, strict=True):
            for (name, test), style in zip(tests.items(), ("o-", "s-", "x--", "+--"), strict=True):
                found = []
                for n in sizes:
                    rng = np.random.default_rng(n)
                    # hyppo's fast tests need more than 20 samples.
                    found.append(np.mean([test(*shape(rng, n)) <= 0.05 for _ in range(runs)]))
                place.plot(sizes, found, style, label=name, markersize=4)
            place.axhline(0.05, color=colours.ink, linewidth=0.6)
            place.set_title(shape.__name__.replace("_", " "))
        axes[0].legend()
        figure.supxlabel("samples", fontsize=9)
        figure.supylabel("share found at 5 %", fontsize=9)


def matrix() -> None:
    """A table of six columns."""
    rng = np.random.default_rng(0)
    a, b, c, d, e = rng.standard_normal((5, 400))
    region = np.array(["north", "south", "east"])[rng.integers(0, 3, 400)]
    table = {
        "y": a**2 + 0.8 * np.abs(b) + 1.2 * (region == "north") + 0.4 * d,
        "squared": a,
        "copy of it": a + 0.3 * e,
        "absolute": b,
        "region": region,
        "noise": c,
    }
    hsic.dependence_matrix(table).draw(HERE / "hsic-matrix.svg")


def seen() -> None:
    """What carries the dependence of a W."""
    x, y = w_shape(np.random.default_rng(0), 600)
    found = hsic.witness(x, y)
    most = np.abs(found.points).max()
    with drawing(HERE / "hsic-witness.svg", (9, 3.2)) as (figure, _):
        left, middle, right = figure.subplots(1, 3)
        drawn = left.scatter(x, y, c=found.points, s=8, cmap="coolwarm", vmin=-most, vmax=most)
        figure.colorbar(drawn, ax=left, shrink=0.8)
        left.set(title="what each sample adds", xlabel="x", ylabel="y")
        for i, share in enumerate(found.share[found.share > 0.01]):
            order = np.argsort(x)
            middle.plot(x[order], found.functions_x[order, i], label=f"{share:.0%}")
            order = np.argsort(y)
            right.plot(y[order], found.functions_y[order, i], label=f"{share:.0%}")
        middle.set(title="functions of x", xlabel="x")
        right.set(title="functions of y", xlabel="y")
        middle.legend(title="share of HSIC")


if __name__ == "__main__":
    matrix()
    seen()
    if "--power" in sys.argv:
        power()
