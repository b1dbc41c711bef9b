"""How fast it writes, against reading the prefix anew, and against generate() of transformers, in the same run.

    python benchmarks/writer.py [--depth N] [--repeats N] [--json]

A network of BERT-base's size, float32, random weights: sources of 256 tokens, batch 8, beam 4, targets of 64 tokens;
each search writes all of them, for the end is forbidden before. Recomputing is measured at three prefixes, by our own
network. transformers decodes by a BERT that is a decoder, with its own cache and the attention that it chooses itself.
The cost of a token leaves out the reading of the source: it is the time of a search less that of a search for one
token, over the tokens between. Encoder, training step and mask are those of benchmarks/transformer.py, which is run
first. On two cores it takes some twenty minutes; what is known is told as it comes.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from maskplay.models import TransformerConfig
from maskplay.writing.generator import Generator
from measures.clock import cores, seconds
from measures.decoding import END, network, our_search, recomputing, sources, their_search
from measures.report import note, report

BATCH, BEAMS, SOURCE, TARGET, LONG = 8, 4, 256, 64, 512
MEANINGS = {
    "speedup_vs_recompute": "seconds of reading source and prefix anew for each token, over ours",
    "speedup_vs_transformers": "seconds of transformers' generate over ours",
    "token_cost_512_over_64": "seconds of a token at a target length of 512 over those at 64, without the reading",
    "encoder_vs_transformers": "their seconds over ours, of a forward pass",
    "train_step_vs_transformers": "their seconds over ours, of a step of training",
    "mask_share": "seconds of making and lowering a mask, over those of a forward pass",
    "tokens_per_second": "that we write: batch times target, over the seconds of the whole search",
    "search_seconds": "of the whole search: reading, and 64 tokens of 8 rows",
    "transformers_seconds": "of theirs",
    "recompute_seconds": "of reading anew",
    "read_seconds": "of a search for one token",
    "cores": "that this process may use",
}
_ALONG = ("encoder_vs_transformers", "train_step_vs_transformers", "mask_share")


def main() -> None:
    options = _options()
    note("encoder and training step, before anything else is in memory")
    figures: dict[str, Any] = _along(options.depth)
    _tell(figures)
    config = TransformerConfig(
        vocabulary_size=21128, depth=options.depth, max_positions=SOURCE + LONG, head="masked_lm"
    )
    batch = sources(config, BATCH, SOURCE)
    made = network(config)
    generator = Generator(made, END)
    note("searches: ours and theirs")
    ours, theirs = our_search(generator, batch, BEAMS, TARGET), their_search(config, batch, BEAMS, TARGET)
    own, other = _turns([ours, theirs], options.repeats)
    note("one token, and 512")
    read = _best(our_search(generator, batch, BEAMS, 1), options.repeats)
    long = _best(our_search(generator, batch, BEAMS, LONG), 1)
    figures |= {
        "speedup_vs_transformers": other / own,
        "token_cost_512_over_64": ((long - read) / (LONG - 1)) / ((own - read) / (TARGET - 1)),
        "tokens_per_second": BATCH * TARGET / own,
        "search_seconds": own,
        "transformers_seconds": other,
        "read_seconds": read,
        "cores": cores(),
    }
    _tell(figures)
    note("reading anew")
    anew = recomputing(made, batch, BEAMS, TARGET)
    figures |= {"speedup_vs_recompute": anew / own, "recompute_seconds": anew}
    report({name: figures[name] for name in MEANINGS}, MEANINGS, "Writer", options.json)


def _tell(figures: dict[str, Any]) -> None:
    """Say what is known so far: it takes long, and may not come to its end."""
    note(", ".join(f"{name} {value:.3g}" for name, value in figures.items()))


def _turns(runs: list[Callable[[], Any]], repeats: int) -> list[float]:
    """Time functions in turns, after a first time each that does not count; give the best of each."""
    for run in runs:
        run()
    times = [[seconds(run) for run in runs] for _ in range(repeats)]
    return [min(column) for column in zip(*times, strict=True)]


def _best(run: Callable[[], Any], repeats: int) -> float:
    return _turns([run], repeats)[0]


def _along(depth: int) -> dict[str, float]:
    """Run the Transformer's own benchmark in a process of its own, so that it has all memory."""
    script = Path(__file__).with_name("transformer.py")
    told = subprocess.run(
        [sys.executable, str(script), "--json", "--depth", str(depth)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(told.stdout.splitlines()[-1])
    return {name: found[name] for name in _ALONG}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--depth", type=int, default=12, help="blocks; fewer are quicker, and no BERT-base")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
