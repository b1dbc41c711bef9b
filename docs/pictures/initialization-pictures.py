"""Draws the pictures of docs/initialization.md: python docs/pictures/initialization-pictures.py (half a minute).

initialization-study.svg is drawn by benchmarks/initialization_study.py.
"""

import sys
from pathlib import Path

import keras
import numpy as np

from maskplay.analysis._pictures import drawing
from maskplay.analysis.initialization import (
    AngleLaw,
    MarchenkoPastur,
    orthogonality,
    random_matrix,
    signal_report,
)

HERE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
ENDING, THEME = (sys.argv[2], sys.argv[3]) if len(sys.argv) > 3 else ("svg", "auto")


def place(name: str) -> Path:
    """Where a picture goes."""
    return HERE / f"initialization-{name}.{ENDING}"


def corollaries() -> None:
    """Angles of random directions, errors of entries over n, singular values of tall matrices."""
    with drawing(place("corollaries"), (10, 3.2), THEME) as (figure, colours):
        angles, entries, values = figure.subplots(1, 3)
        theta = np.linspace(0, np.pi, 600)
        for number, n in enumerate((3, 10, 50, 400)):
            angles.plot(
                np.degrees(theta),
                AngleLaw(n).density(theta) * np.pi / 180,
                label=f"n = {n}",
                color=colours.lines[number],
            )
        angles.set(
            title="1: angle of two random directions",
            xlabel="degrees",
            ylabel="density",
            xticks=[0, 45, 90, 135, 180],
        )
        angles.legend()
        sizes = [16, 32, 64, 128, 256, 512]
        marks = {"normal": "o", "uniform": "s", "truncated_normal": "^", "ternary": "x"}
        for number, (distribution, mark) in enumerate(marks.items()):
            errors = [orthogonality(random_matrix(n, n, distribution)).entry_error for n in sizes]
            entries.loglog(
                sizes, errors, mark, ms=5, color=colours.lines[number], label=distribution.replace("_", " ")
            )
        entries.loglog(sizes, [1 / n for n in sizes], color=colours.ink, lw=0.8, label="1/n")
        entries.set(title="2 and 3: mean square of WᵀW - I", xlabel="n")
        entries.set_xticks(sizes, map(str, sizes))
        entries.minorticks_off()
        entries.legend()
        for number, (rows, columns) in enumerate(((4000, 400), (1600, 400), (400, 400))):
            law = MarchenkoPastur(rows, columns)
            found = orthogonality(random_matrix(rows, columns, "uniform")).singular_values
            values.hist(
                found,
                bins=30,
                density=True,
                alpha=0.5,
                color=colours.lines[number],
                label=f"{rows} x {columns}",
            )
            s = np.linspace(law.low, law.high, 300)[1:-1]
            values.plot(s, law.density(s), color=colours.ink, lw=1)
        values.set(title="4: singular values, and their law", xlabel="singular value", ylim=(0, 2.8))
        values.legend()


def depth() -> None:
    """Singular values of one matrix and of products of fifty, random and orthogonal."""
    n, layers = 256, 50
    rng = np.random.default_rng(0)
    ranks: dict[str, list[float]] = {"random": [], "orthogonal": []}
    spectra = {}
    for kind in ranks:
        product = np.eye(n)
        for layer in range(layers):
            drawn = random_matrix(n, n, seed=rng)
            product = (np.linalg.qr(drawn)[0] if kind == "orthogonal" else drawn) @ product
            s = np.linalg.svd(product, compute_uv=False)
            ranks[kind].append(float((s**2).sum() / s[0] ** 2))
            if layer in (0, 4, layers - 1):
                spectra[kind, layer + 1] = s
    with drawing(place("depth"), (10, 3.2), THEME) as (figure, colours):
        left, right = figure.subplots(1, 2)
        for (kind, count), s in spectra.items():
            if kind == "random":
                shade = {1: 0, 5: 3, layers: 1}[count]
                left.semilogy(
                    np.arange(1, n + 1),
                    np.maximum(s, 1e-12),
                    color=colours.lines[shade],
                    label=f"{count} random",
                )
        left.semilogy([1, n], [1, 1], "--", color=colours.lines[2], label="any number, orthogonal")
        left.set(
            title=f"singular values of products, n = {n}", xlabel="number of the value", ylim=(1e-9, 1e3)
        )
        left.legend()
        for number, (kind, values) in enumerate(ranks.items()):
            right.semilogy(
                np.arange(1, layers + 1), values, color=colours.lines[1 if number == 0 else 2], label=kind
            )
        right.set(title="stable rank of the product", xlabel="matrices")
        right.legend()


def report() -> None:
    """A network of eight layers, one of which has died."""
    keras.utils.set_random_seed(0)
    layers = [
        keras.layers.Dense(64, "relu", kernel_initializer="he_normal", name=f"layer{i}") for i in range(8)
    ]
    model = keras.Sequential([keras.Input((20,)), *layers, keras.layers.Dense(5, name="last")])
    bias = np.zeros(64, "float32")
    bias[:58] = -8
    model.get_layer("layer4").bias.assign(bias)
    signal_report(model, np.random.default_rng(0).standard_normal((64, 20))).draw(
        place("report"), theme=THEME
    )


if __name__ == "__main__":
    corollaries()
    depth()
    report()
