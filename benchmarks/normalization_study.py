"""What normalizations do to a loss: its curvature, the learning rate that it allows, and what is learned with it.

    python benchmarks/normalization_study.py [--json] [--seeds N] [--picture study.svg] [--keep study.json]

It needs scikit-learn, and a minute for each seed; what --keep names is gone on with.

The same small convolutional network on handwritten digits (8 x 8 pixels, as they are: never negative), with nothing,
and with a normalization before the weights of all layers but the first: by batch, layer, instance, group, root mean
square, and by the batch's mean alone or its deviation alone; and by batch behind the weights. All start from the same
weights and go down the gradient of the same 256 images. For each: the curvature at the beginning, whole and of each
layer's weights; three measures along the gradient (Santurkar and others, 2018), as means over a path of 40 steps with
one small rate for all, at distances of 1/2 to 4 steps: the range of the loss, the change of the gradient, and that over
the distance (β); the largest learning rate of a grid that trains; and the best accuracy on held-out images over all of
them. Normalizations by batches take the statistics of all held-out images together.

Two conclusions of Scientific Spaces 6992 are put to the test, as ratios of geometric means over seeds with intervals of
95 %: centring lowers the curvature, and scaling makes the layers' curvatures alike.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import json
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from maskplay.analysis.smoothness import LossSurface, extreme_eigenvalues
from maskplay.analysis.smoothness.report.slice import slice_along
from measures.kept import Kept
from measures.report import note

CHANNELS, DEPTH, IMAGES, HELD_OUT = 12, 3, 256, 512
RATES = [2.0**k for k in range(-6, 6)]
TRAINED = 0.5  # of the first loss: what counts as training
COMMON, MULTIPLES, LOOKS = 2.0**-5, (0.5, 1.0, 2.0, 4.0), 5
MEASURES = ("curvature", "spread", "range", "change", "beta", "rate", "accuracy")
KINDS = (
    "nothing",
    "batch, before",
    "batch, behind",
    "layer",
    "instance",
    "group",
    "root mean square",
    "centring only",
    "scaling only",
)


class Part(layers.Layer):
    """One half of batch normalization, with its scale and offset."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self.part = part

    def build(self, shape: Any) -> None:
        self.gamma = self.add_weight(shape=(shape[-1],), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(shape[-1],), initializer="zeros", name="beta")

    def call(self, x: Any) -> Any:
        mean, variance = ops.moments(x, axes=list(range(len(x.shape) - 1)))
        x = x - mean if self.part == "centre" else x / ops.sqrt(variance + 1e-3)
        return x * self.gamma + self.beta


def normalization(kind: str) -> Any:
    return {
        "nothing": lambda: layers.Identity(),
        "batch, before": layers.BatchNormalization,
        "batch, behind": layers.BatchNormalization,
        "layer": layers.LayerNormalization,
        "instance": lambda: layers.GroupNormalization(groups=-1),
        "group": lambda: layers.GroupNormalization(groups=4),
        "root mean square": layers.RMSNormalization,
        "centring only": lambda: Part("centre"),
        "scaling only": lambda: Part("scale"),
    }[kind]()


def network(kind: str, seed: int) -> keras.Model:
    """The kernels depend on the seed alone, whatever the normalization."""
    behind = kind.endswith("behind")
    x = inputs = keras.Input((8, 8, 1))
    for number in range(DEPTH):
        if number and not behind:
            x = normalization(kind)(x)
        draw = keras.initializers.HeNormal(seed=100 * seed + number)
        strides = 2 if number == 1 else 1
        x = layers.Conv2D(CHANNELS, 3, strides, "same", kernel_initializer=draw, name=f"conv{number}")(x)
        if behind:
            x = normalization(kind)(x)
        x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    if not behind:
        shaped = layers.Reshape((1, 1, -1))(x) if kind in ("instance", "group") else x
        # Of one place there is no instance to speak of: its groups are those of "group".
        x = layers.Flatten()(
            layers.GroupNormalization(4)(shaped) if kind == "instance" else normalization(kind)(shaped)
        )
    draw = keras.initializers.GlorotNormal(seed=100 * seed + DEPTH)
    return keras.Model(inputs, layers.Dense(10, kernel_initializer=draw, name="last")(x))


def digits() -> tuple[Any, Any]:
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise SystemExit("The digits are scikit-learn's: pip install scikit-learn") from error
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    x, y = (images[order] / 16).reshape(-1, 8, 8, 1).astype("float32"), labels[order].astype("int32")
    return (x[:IMAGES], y[:IMAGES]), (x[IMAGES : IMAGES + HELD_OUT], y[IMAGES : IMAGES + HELD_OUT])


def error_rate(targets: Any, outputs: Any) -> Any:
    return ops.cast(ops.argmax(outputs, axis=-1) != ops.cast(targets, "int32"), "float32")


def descend(surface: LossSurface, rate: float, steps: int) -> tuple[Any, float, float]:
    """The weights after so many steps, the loss before and there."""
    at, first, loss = surface.origin, None, float("nan")
    for _ in range(steps):
        loss, gradient = surface.gradient(at)
        first = loss if first is None else first
        if not np.isfinite(loss) or loss > 100 * first:
            return at, first, float("inf")
        at = at - np.float32(rate) * gradient
    return at, first or 0.0, loss


def along(surface: LossSurface, steps: int) -> dict[str, float]:
    """The measures along the gradient, as means over a path."""
    found: list[tuple[float, float, float]] = []
    origin, start = surface.origin, surface.origin
    for _ in range(LOOKS):
        surface.origin = start
        loss, gradient = surface.gradient()
        length = COMMON * float(np.linalg.norm(gradient))
        line = slice_along(surface, "", -gradient, [length * one for one in MULTIPLES], loss, gradient)
        found.append((max(line.losses) - min(line.losses), max(line.gradient_changes), max(line.secants)))
        start, _, _ = descend(surface, COMMON, steps // LOOKS)
    surface.origin = origin
    return dict(zip(("range", "change", "beta"), np.mean(found, axis=0).tolist(), strict=True))


def one_seed(surface: LossSurface, held_out: LossSurface, steps: int) -> dict[str, float]:
    """All measures from the weights that the model has."""
    surface.follow()
    product = surface.curvature()
    own = [
        extreme_eigenvalues(surface.block(name, product), len(places), tolerance=0.03).modulus.value
        for name, places in surface.layers.items()
        if name.startswith(("conv", "last"))
    ]
    trained, best = 0.0, 0.0
    for rate in RATES:
        at, before, after = descend(surface, rate, steps)
        if after < TRAINED * before:
            trained = rate
            best = max(best, 1 - held_out.loss(at))
    return {
        "curvature": extreme_eigenvalues(product, surface.size).modulus.value,
        "spread": max(own) / min(own),
        **along(surface, steps),
        "rate": trained,
        "accuracy": best,
    }


def one_kind(kind: str, seeds: int, steps: int, kept: Kept) -> dict[str, list[float]]:
    """The measures of all seeds."""
    train, test = digits()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = network(kind, 0)
    surface, held_out = LossSurface(model, loss, train), LossSurface(model, error_rate, test)

    def of(seed: int) -> dict[str, Any]:
        model.set_weights(network(kind, seed).get_weights())
        return {f"{kind}, {seed}": one_seed(surface, held_out, steps)}

    for seed in range(seeds):
        kept.find(f"{kind}, {seed}", partial(of, seed))
    found = [kept.figures[f"{kind}, {seed}"] for seed in range(seeds)]
    return {name: [one[name] for one in found] for name in MEASURES}


def interval(values: list[float], logarithmic: bool) -> tuple[float, float, float]:
    """Mean, and its 95 % interval by Student's t."""
    from scipy.stats import t

    array = np.log(values) if logarithmic else np.asarray(values)
    half = t.ppf(0.975, len(array) - 1) * array.std(ddof=1) / len(array) ** 0.5 if len(array) > 1 else np.inf
    mean = array.mean()
    middle, low, high = (np.exp if logarithmic else np.asarray)(np.array([mean, mean - half, mean + half]))
    return float(middle), float(low), float(high)


def verdict(above: list[float], below: list[float]) -> dict[str, Any]:
    """How many times larger, over the same seeds."""
    if min(*above, *below) <= 0:
        return {"ratio": None, "low": None, "high": None, "says": "cannot be told"}
    ratio, low, high = interval([a / b for a, b in zip(above, below, strict=True)], True)
    says = "holds" if low > 1 else "does not hold: the contrary does" if high < 1 else "is not decided"
    return {"ratio": ratio, "low": low, "high": high, "says": says}


CLAIMS = (
    ("1: centring alone lowers", "nothing", "centring only", ("curvature", "beta")),
    ("1: centring after scaling lowers", "scaling only", "batch, before", ("curvature", "beta")),
    ("2: scaling alone makes layers alike: lowers", "nothing", "scaling only", ("spread",)),
    ("2: scaling after centring makes layers alike: lowers", "centring only", "batch, before", ("spread",)),
    ("before the weights, not behind, lowers", "batch, behind", "batch, before", ("curvature", "beta")),
)


def conclusions(found: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    return {
        f"{claim} {measure}": verdict(found[above][measure], found[below][measure])
        for claim, above, below, measures in CLAIMS
        for measure in measures
    }


def draw(path: str, found: dict[str, dict[str, list[float]]], theme: str) -> None:
    from maskplay.analysis._pictures import drawing

    panels = (
        ("curvature", "curvature L, at first", True),
        ("beta", "β, along the way", True),
        ("spread", "L, spread of layers", True),
        ("rate", "largest rate", True),
        ("accuracy", "accuracy", False),
    )
    with drawing(path, (10, 3.6), theme) as (figure, colours):
        for number, (axes, (name, title, logarithmic)) in enumerate(
            zip(figure.subplots(1, 5), panels, strict=True)
        ):
            for place, kind in enumerate(reversed(KINDS)):
                values = [x for x in found[kind][name] if x > 0]
                colour = colours.ink if kind == "nothing" else colours.lines[number]
                axes.plot(values, [place] * len(values), "o", ms=3, alpha=0.5, color=colour)
                if len(values) > 1:
                    middle, low, high = interval(values, logarithmic)
                    axes.plot([low, high], [place, place], color=colour, lw=1.2)
                    axes.plot([middle], [place], "|", ms=11, mew=2, color=colour)
            axes.set_yticks(range(len(KINDS)), list(reversed(KINDS)) if number == 0 else [""] * len(KINDS))
            axes.set(title=title)
            if logarithmic:
                axes.set_xscale("log", base=2 if name == "rate" else 10)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=40, help="of gradient descent")
    parser.add_argument("--picture", help=".png or .svg")
    parser.add_argument("--theme", default="auto", help="light, dark, auto")
    parser.add_argument("--keep", type=Path, help="a file for what is done, to go on with")
    arguments = parser.parse_args()
    found, kept = {}, Kept(arguments.keep, {"study": "normalization", "steps": arguments.steps})
    for kind in KINDS:
        note(kind)
        found[kind] = one_kind(kind, arguments.seeds, arguments.steps, kept)
    told = conclusions(found)
    if arguments.picture:
        draw(arguments.picture, found, arguments.theme)
    if arguments.json:
        print(json.dumps({"kinds": found, "conclusions": told, "seeds": arguments.seeds}))
        return
    spread = ("curvature", "beta", "spread")
    print(
        f"{'normalization':<18}"
        + "".join(f"{name:>24}" for name in spread)
        + f"{'range':>9}{'change':>9}{'rate':>8}{'accuracy':>23}"
    )
    for kind, measures in found.items():
        parts = ["{:.3g} ({:.3g} to {:.3g})".format(*interval(measures[n], True)) for n in spread]
        means = [float(np.mean(measures[name])) for name in ("range", "change")]
        rate = float(np.median(measures["rate"]))
        accuracy = "{:.3f} ({:.3f} to {:.3f})".format(*interval(measures["accuracy"], False))
        print(
            f"{kind:<18}"
            + "".join(f"{part:>24}" for part in parts)
            + f"{means[0]:>9.3g}{means[1]:>9.3g}{rate:>8.3g}{accuracy:>23}"
        )
    for name, one in told.items():
        if one["ratio"] is None:
            print(f"{name}: {one['says']}")
        else:
            print(f"{name} {one['says']}: {one['ratio']:.3g} times ({one['low']:.3g} to {one['high']:.3g})")


if __name__ == "__main__":
    main()
