"""What each objective teaches at equal compute (Scientific Spaces 6933): one network, other masks, the same steps.

    python benchmarks/objectives.py tang.jsonl.xz [--pretrain N] [--steps N] [--width N] [--depth N] [--json]

First, pairs of poems (see `maskplay.writing.poem_pairs`) are learned under the prefix mask, where the source sees
itself both ways, and under a language model's; only targets are said in both, and held-out perplexity is that of the
target under the mask that was learned. Then a network is pretrained on whole poems with each objective for the same
number of steps of the same size, and learns couplets, of which it gets few, from there. On two cores it takes some
forty minutes.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import json
import lzma
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from maskplay.writing import (
    LanguageModel,
    Objective,
    Pair,
    SequenceToSequence,
    TrainingOptions,
    Writer,
    objective_named,
    poem_pairs,
)
from maskplay.writing.training_batches import TrainingBatches
from maskplay.writing.training_data import training_data
from measures.clock import cores
from measures.report import note, report

PRETRAINED = ("lm", "mlm", "plm", "mlm:1,lm:1")
LENGTH, ROWS, HELD_OUT = 128, 16, 1000
MEANINGS = {
    "prefix": "perplexity of held-out targets: the source was read both ways, in learning too",
    "causal": "the source was read as a language model reads it",
    "couplets_fresh": "perplexity of held-out couplets: nothing but the couplets was learned",
    "couplets_fresh_long": "the same, for as many steps as pretraining and couplets take together",
    **{f"couplets_after_{name}": f"pretrained with {name}" for name in PRETRAINED},
    "pretraining_steps": "of each objective",
    "steps": "of couplets after that, and twice as many of pairs under either mask",
    "couplets": "that were learned",
    "weights": "of the network",
    "minutes": "in all",
    "cores": "that this process may use",
}


@dataclass(frozen=True)
class Poems:
    """What is learned and what is held out, as pairs."""

    pairs: list[Pair]
    texts: list[Pair]
    couplets: list[Pair]
    held_pairs: list[Pair]
    held_couplets: list[Pair]


def main() -> None:
    options, began = _options(), time.perf_counter()
    poems = _poems(options.file, options.couplets)
    figures: dict[str, Any] = {}
    for name, objective in (("prefix", SequenceToSequence()), ("causal", LanguageModel(target_only=True))):
        writer = _fresh(poems, options)
        _learn(writer, poems.pairs, objective, 2 * options.steps, 1e-3, name)
        figures[name] = writer.perplexity(poems.held_pairs, objective, length=LENGTH)
    for name, steps in (
        ("couplets_fresh", options.steps),
        ("couplets_fresh_long", options.pretrain + options.steps),
    ):
        writer = _fresh(poems, options)
        figures[name] = _couplets(writer, poems, steps, name)
    for name in PRETRAINED:
        writer = _fresh(poems, options)
        _learn(writer, poems.texts, objective_named(name), options.pretrain, 1e-3, name)
        figures[f"couplets_after_{name}"] = _couplets(writer, poems, options.steps, f"couplets after {name}")
    figures |= {
        "pretraining_steps": options.pretrain,
        "steps": options.steps,
        "couplets": len(poems.couplets),
        "weights": writer.model.count_params(),
        "minutes": (time.perf_counter() - began) / 60,
        "cores": cores(),
    }
    report(figures, MEANINGS, "objectives at equal compute", options.json)


def _poems(path: Path, couplets: int) -> Poems:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    order = np.random.default_rng(0).permutation(len(found))
    made = [poem_pairs(found[i]["title"], found[i]["lines"]) for i in order]
    texts = [Pair("", "\n".join(found[i]["lines"])) for i in order]
    held, rest = made[:HELD_OUT], made[HELD_OUT:]
    learned = [pair for several in rest for pair in several if _is_couplet(pair)]
    return Poems(
        [pair for several in rest for pair in several],
        texts[HELD_OUT:],
        learned[:couplets],
        [pair for several in held for pair in several],
        [pair for several in held for pair in several if _is_couplet(pair)],
    )


def _is_couplet(pair: Pair) -> bool:
    return pair.source.startswith("對")


def _fresh(poems: Poems, options: argparse.Namespace) -> Writer:
    """Make the network, with the same fresh weights each time."""
    keras.utils.set_random_seed(0)
    texts = [text.target for text in poems.texts] + ["題：首句對"] * 20
    sizes = {"width": options.width, "depth": options.depth}
    return Writer.new(texts, at_least=10, simplify=True, dropout=0.0, **sizes)


def _couplets(writer: Writer, poems: Poems, steps: int, name: str) -> float:
    _learn(writer, poems.couplets, SequenceToSequence(), steps, 5e-4, name)
    return writer.perplexity(poems.held_couplets, length=LENGTH)


def _learn(
    writer: Writer, pairs: Sequence[Pair], objective: Objective, steps: int, rate: float, name: str
) -> None:
    """Train for about so many steps: on a part of the pairs, or on all of them several times."""
    data = training_data(pairs, writer.coder, objective, LENGTH)
    share = steps / TrainingBatches(data, objective, length=LENGTH, rows=ROWS).steps(0)
    epochs = max(1, round(share + 0.49))
    some = pairs[: max(1, round(len(pairs) * min(1.0, share / epochs)))]
    options = TrainingOptions(
        epochs=epochs, length=LENGTH, rows=ROWS, learning_rate=rate, warmup=min(100, steps // 4)
    )
    history = writer.fit(some, objective=objective, options=options)
    note(f"{name}: {history[-1]['step']} steps, loss {history[-1]['loss']:.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help='poems, an object with "title" and "lines" on each line, .xz')
    parser.add_argument("--pretrain", type=int, default=800, help="steps with each objective")
    parser.add_argument("--steps", type=int, default=300, help="steps on couplets")
    parser.add_argument("--couplets", type=int, default=20_000, help="couplets to learn from")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


if __name__ == "__main__":
    main()
