"""What each objective teaches at equal compute (Scientific Spaces 6933): one network, other masks, the same steps.

    python benchmarks/objectives.py tang.jsonl.xz [--keep FIGURES.json] [--pretrain N] [--steps N] [--json]

First, pairs of poems (see `maskplay.writing.poem_pairs`) are learned under the prefix mask, where the source sees
itself both ways, and under a language model's; only targets are said in both, and held-out perplexity is that of the
target, under the mask that was learned and under the other. Then a network is pretrained on whole poems with each
objective (under the prefix mask, which wants pairs: for their titles and first lines) for the same number of steps of
the same size, and learns couplets, of which it gets few, from there.
On two cores it takes more than half an hour; with --keep an interrupted one goes on.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import json
import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import numpy as np

from maskplay.models.training_run import Progress
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
from maskplay.writing.row import Encoded
from measures.clock import cores
from measures.kept import Kept
from measures.report import note, report

MASKS: dict[str, Objective] = {"prefix": SequenceToSequence(), "causal": LanguageModel(target_only=True)}
PRETRAINED = ("lm", "mlm", "plm", "mlm:1,lm:1", "seq2seq")
LENGTH, ROWS, HELD_OUT = 128, 8, 1000
FILLED = 0.97  # of a row, by packing
MEANINGS = {
    "prefix": "perplexity of held-out targets: the source is read both ways, in learning too",
    "prefix_as_causal": "the same network, its source read as a language model reads it",
    "causal": "learned and read as a language model",
    "causal_as_prefix": "the same network, its source read both ways",
    "couplets_fresh": "perplexity of held-out couplets: nothing but the couplets was learned",
    "couplets_fresh_long": "the same, for as many steps as pretraining and couplets take together",
    **{f"couplets_after_{name}": f"pretrained with {name}" for name in PRETRAINED},
    "pretraining_steps": "of each objective",
    "steps": "of couplets after that, and four times as many of pairs under either mask",
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
    whole: list[Pair]
    couplets: list[Pair]
    held_pairs: list[Pair]
    held_couplets: list[Pair]


def main() -> None:
    options = _options()
    kept = Kept(
        options.keep,
        {name: vars(options)[name] for name in ("pretrain", "steps", "couplets", "width", "depth")},
    )
    poems = _poems(options.file, options.couplets)
    writer, forget = _writer(poems, options)

    def under_mask(name: str) -> dict[str, float]:
        forget()
        _learn(writer, poems.pairs, MASKS[name], 4 * options.steps, 2e-3, name)
        return {
            name if mask == name else f"{name}_as_{mask}": writer.perplexity(
                poems.held_pairs, objective, length=LENGTH
            )
            for mask, objective in MASKS.items()
        }

    def couplets(name: str, steps: int, objective: str | None = None) -> dict[str, float]:
        forget()
        if objective is not None:
            data = poems.whole if objective == "seq2seq" else poems.texts
            _learn(writer, data, objective_named(objective), options.pretrain, 2e-3, objective)
        _learn(writer, poems.couplets, SequenceToSequence(), steps, 1e-3, name)
        return {name: writer.perplexity(poems.held_couplets, length=LENGTH)}

    for name in MASKS:
        kept.find(name, partial(under_mask, name))
    for name, steps in {"couplets_fresh": 0, "couplets_fresh_long": options.pretrain}.items():
        kept.find(name, partial(couplets, name, steps + options.steps))
    for objective in PRETRAINED:
        name = f"couplets_after_{objective}"
        kept.find(name, partial(couplets, name, options.steps, objective))
    figures = {
        **kept.figures,
        "pretraining_steps": options.pretrain,
        "steps": options.steps,
        "couplets": len(poems.couplets),
        "weights": writer.model.count_params(),
        "minutes": kept.minutes,
        "cores": cores(),
    }
    report(figures, MEANINGS, "objectives at equal compute", options.json)


def _poems(path: Path, couplets: int) -> Poems:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    order = np.random.default_rng(0).permutation(len(found))
    made = [poem_pairs(found[i]["title"], found[i]["lines"]) for i in order]
    held, rest = made[:HELD_OUT], made[HELD_OUT:]
    learned = [pair for several in rest for pair in several if _is_couplet(pair)]
    return Poems(
        [pair for several in rest for pair in several],
        [Pair("", pairs[0].target) for pairs in rest if pairs],  # the poem, without editors' notes
        [pair for several in rest for pair in several if not _is_couplet(pair)],
        learned[:couplets],
        [pair for several in held for pair in several],
        [pair for several in held for pair in several if _is_couplet(pair)],
    )


def _is_couplet(pair: Pair) -> bool:
    return pair.source.startswith("對")


def _writer(poems: Poems, options: argparse.Namespace) -> tuple[Writer, Callable[[], None]]:
    """Make the network, and what gives it its first weights again."""
    keras.utils.set_random_seed(0)
    texts = [text.target for text in poems.texts] + ["題：首句對"] * 20
    sizes = {"width": options.width, "depth": options.depth}
    writer = Writer.new(texts, at_least=10, simplify=True, dropout=0.0, **sizes)
    return writer, partial(writer.model.set_weights, writer.model.get_weights())


def _learn(
    writer: Writer, pairs: Sequence[Pair], objective: Objective, steps: int, rate: float, name: str
) -> None:
    """Train for about so many steps: on the first of the pairs, or on all of them several times."""
    some, epochs = _enough(pairs, objective, steps * ROWS * LENGTH * FILLED)
    options = TrainingOptions(
        epochs=epochs, length=LENGTH, rows=ROWS, learning_rate=rate, warmup=min(100, steps // 4)
    )

    def tell(progress: Progress) -> None:
        if progress.step % 100 == 0:
            note(f"{name}: step {progress.step}, loss {progress.loss:.3f}")

    history = writer.fit(some, objective=objective, options=options, tell=tell)
    note(f"{name}: {history[-1]['step']} steps of {steps} wanted, loss {history[-1]['loss']:.3f}")


def _enough(pairs: Sequence[Pair], objective: Objective, positions: float) -> tuple[Sequence[Pair], int]:
    """Give so many of the pairs, and epochs, that rows have so many positions in all; a character is a token."""
    empty = np.zeros(0, "int32")
    lengths = [
        objective.length(Encoded(np.zeros(len(pair.source)), np.zeros(len(pair.target)), empty))
        for pair in pairs
    ]
    summed = np.cumsum(lengths)
    epochs = int(np.ceil(positions / summed[-1]))
    return pairs[: int(np.searchsorted(summed, positions / epochs)) + 1], epochs


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help='poems, an object with "title" and "lines" on each line, .xz')
    parser.add_argument(
        "--keep", type=Path, help="write each figure here when it is known, and go on from there"
    )
    parser.add_argument("--pretrain", type=int, default=500, help="steps with each objective")
    parser.add_argument("--steps", type=int, default=200, help="steps on couplets")
    parser.add_argument("--couplets", type=int, default=20_000, help="couplets to learn from")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


if __name__ == "__main__":
    main()
