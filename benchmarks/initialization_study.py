"""Which initializations keep norms, and which let networks train: depth 10 to 1,000, predicted and measured.

    python benchmarks/initialization_study.py [--full] [--json] [--picture FILE] [--keep FILE]

First without training: stacks of square layers of four widths, by the theory of infinite width (a recursion of one
number for each layer, by quadrature) and as sampled. Then trained, on a made-up task, plain, with normalization, with
residual paths, and with both: a network "trains" if Adam, with one of three learning rates, takes its loss below half
of what the mean alone gives within 200 steps; how many it took is told. It takes some minutes; --full, with depths of
300 and 1,000 and three seeds up to 100 layers, an hour. What --keep names is gone on with.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small factorizations are slower with more

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from maskplay.analysis._pictures import drawing
from measures.depth import ARCHITECTURES, INITIALIZERS, Layers, measured, predicted, theory_error
from measures.kept import Kept
from measures.report import note, report
from measures.stacks import Trainer

WIDTH, WIDTHS, STEPS = 64, (16, 32, 64, 128), 200
TRAINED_ACTIVATIONS = ("relu", "tanh")
MEANINGS = {
    **{
        f"theory_error_{width}_units": "of the logarithm of the size after 100 layers, predicted and measured"
        for width in WIDTHS
    },
    **{
        f"trains_{architecture}_{initializer}".replace(", ", "_").replace(
            " ", "_"
        ): "share of networks that train"
        for architecture in ARCHITECTURES
        for initializer in INITIALIZERS
    },
    "kept_of_trained": "share of plain networks with predicted size and gradient within 1/100 to 100 that train",
    "lost_of_trained": "share of the others that do",
}


def kinds(depth: int) -> list[Layers]:
    return [
        Layers(architecture, initializer, activation, depth)
        for architecture in ARCHITECTURES
        for activation in TRAINED_ACTIVATIONS
        for initializer in INITIALIZERS
    ]


def name_of(layers: Layers, width: int) -> str:
    return f"{layers.architecture} | {layers.activation} | {layers.initializer} | {layers.depth} | {width}"


def train(depth: int, width: int, seeds: int, architectures: tuple[str, ...], kept: Kept) -> None:
    """Train all kinds of this depth that are not known yet; each shape is compiled once."""
    trainers: dict[tuple[str, str], Trainer] = {}

    def steps(layers: Layers) -> dict[str, Any]:
        shape = (layers.architecture, layers.activation)
        trainer = trainers.get(shape) or trainers.setdefault(shape, Trainer(layers, width))
        return {name_of(layers, width): [trainer.steps(layers, STEPS, seed) for seed in range(seeds)]}

    for layers in kinds(depth):
        if layers.architecture in architectures:
            note(name_of(layers, width))
            kept.find(name_of(layers, width), partial(steps, layers))


def signals(kept: Kept) -> None:
    for width in WIDTHS:
        note(f"theory and samples, {width} units")
        name = f"theory_error_{width}_units"
        kept.find(name, lambda width=width, name=name: {name: theory_error(width, 100, 4)})


def train_all(full: bool, kept: Kept) -> None:
    for depth in (10, 30, 100, 300, 1000) if full else (10, 30):
        train(depth, WIDTH, 3 if full and depth <= 100 else 1, ARCHITECTURES, kept)
    for width in (16, 256) if full else ():
        train(30, width, 3, ("plain",), kept)


def share(found: dict[str, Any], *wanted: str) -> float | None:
    """Of the networks whose names have these parts."""
    chosen = [
        x for key, one in found.items() if all(part in key.split(" | ") for part in wanted) for x in one
    ]
    return float(np.mean([x is not None for x in chosen])) if chosen else None


def figures(trained: dict[str, Any]) -> dict[str, Any]:
    told = {
        f"trains_{architecture}_{initializer}".replace(", ", "_").replace(" ", "_"): share(
            trained, architecture, initializer
        )
        for architecture in ARCHITECTURES
        for initializer in INITIALIZERS
    }
    groups: dict[bool, list[bool]] = {True: [], False: []}
    for key, steps in trained.items():
        architecture, activation, initializer, depth, width = key.split(" | ")
        if architecture == "plain" and int(width) == WIDTH:
            size, slope = (
                x[-1] for x in predicted(Layers(architecture, initializer, activation, int(depth)))
            )
            groups[0.01 < size < 100 and 0.01 < slope < 100] += [one is not None for one in steps]
    for name, kept in (("kept_of_trained", True), ("lost_of_trained", False)):
        told[name] = float(np.mean(groups[kept])) if groups[kept] else None
    return told


def draw(trained: dict[str, Any], path: Path, theme: str) -> None:
    with drawing(path, (10, 6), theme) as (figure, colours):
        rows = figure.subplots(2, 3)
        marks = dict(zip(INITIALIZERS, "os^D", strict=True))
        for row, activation in zip(rows, TRAINED_ACTIVATIONS, strict=True):
            draw_signals(row[0], activation, colours)
            for number, (axes, architecture) in enumerate(zip(row[1:], ("plain", "layer norm"), strict=True)):
                for place, initializer in enumerate(INITIALIZERS):
                    draw_steps(axes, trained, architecture, activation, initializer, marks, colours, place)
                if architecture == "layer norm":
                    for paths in ("residual", "residual alone"):
                        draw_steps(axes, trained, paths, activation, INITIALIZERS[1], marks, colours, 4)
                names = "layer norm (brown: with paths)" if number else "plain"
                axes.set(xscale="log", ylim=(0, 1.12 * STEPS), title=f"{activation}, {names}")
                if not number:
                    axes.set_ylabel("steps until the loss is halved")
                axes.set_yticks([0, 50, 100, 150, STEPS], ["0", "50", "100", "150", "never"])
        for axes in rows[-1]:
            axes.set_xlabel("layers")
        rows[0][1].legend(loc="lower right")


def draw_signals(axes: Any, activation: str, colours: Any) -> None:
    """Predicted size and gradient of plain stacks, and samples of both."""
    for place, initializer in enumerate(INITIALIZERS):
        layers = Layers("plain", initializer, activation, 1000)
        shown = np.unique(np.geomspace(1, 1000, 200).astype(int))
        size, slope, own, own_slope = (
            np.clip(one, 1e-30, 1e30)[shown - 1] for one in (*predicted(layers), *measured(layers, WIDTH))
        )
        if initializer in ("normal", "norm preserving"):
            axes.plot(shown, size, color=colours.ink, lw=0.9)
            axes.plot(shown, slope, ":", color=colours.ink, lw=0.9)
        axes.plot(shown, own, color=colours.lines[place], lw=1.2)
        axes.plot(shown, own_slope, ":", color=colours.lines[place], lw=0.7)
    axes.set(
        xscale="log", yscale="log", ylim=(1e-8, 1e8), title=f"{activation}, plain: size (dotted: gradient)"
    )


def draw_steps(
    axes: Any,
    trained: dict[str, Any],
    architecture: str,
    activation: str,
    initializer: str,
    marks: dict[str, str],
    colours: Any,
    place: int,
) -> None:
    points = {}
    for key, steps in trained.items():
        parts = key.split(" | ")
        if parts[:3] == [architecture, activation, initializer] and int(parts[4]) == WIDTH:
            points[int(parts[3])] = float(np.median([STEPS if one is None else one for one in steps]))
    if points:
        depths = sorted(points)
        style = {"residual": "--", "residual alone": ":"}.get(architecture, "-")
        axes.plot(
            depths,
            [points[one] for one in depths],
            style + marks[initializer],
            color=colours.lines[place],
            lw=1.2,
            ms=4,
            label=initializer,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="depths to 1,000, three seeds up to 100")
    parser.add_argument(
        "--known", action="store_true", help="nothing new: figures and picture of what is kept"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--picture", type=Path, help="draw it here")
    parser.add_argument("--theme", default="auto", help="light, dark, auto")
    parser.add_argument("--keep", type=Path, help="a file for what is done, to go on with")
    arguments = parser.parse_args()
    kept = Kept(arguments.keep, {"study": "initialization", "full": arguments.full, "steps": STEPS})
    if not arguments.known:
        signals(kept)
        train_all(arguments.full, kept)
    trained = {name: one for name, one in kept.figures.items() if " | " in name}
    if arguments.picture:
        draw(trained, arguments.picture, arguments.theme)
    told = {name: kept.figures.get(name) for name in MEANINGS} | figures(trained)
    if arguments.json:
        told["steps"] = trained
    report(told, MEANINGS, "Initializations and depth", arguments.json)


if __name__ == "__main__":
    main()
