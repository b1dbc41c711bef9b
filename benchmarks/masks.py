"""What masks cost: to make, to hold, to lower, and as a share of a forward pass.

    python benchmarks/masks.py [--length N] [--batch N] [--layers N] [--json]

Memory is that which Python and NumPy ask for (tracemalloc) while a mask of --length positions is made, sliced for one
step of decoding and explained; nothing is lowered. The share is the time of a
compiled program that makes and lowers a packed prefix mask, as a matrix and all, over that of one forward pass of the
layers of a Transformer of BERT-base's width: an upper bound, for in one program XLA fuses the two. Takes a minute on
two cores.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from maskplay import masks
from measures.clock import cores
from measures.report import note, report

WIDTH, HEADS = 768, 12

MEANINGS = {
    "length": "positions of the masks that are held",
    "causal_bytes": "peak memory of a causal mask: made, sliced, explained",
    "packed_bytes": "the same of a packed causal mask",
    "prefix_bytes": "the same of a prefix mask with padding",
    "packed_bytes_per_position": "",
    "dense_bytes": "what the matrix would take",
    "packed_seconds": "to make, slice and explain the packed causal mask",
    "mask_share": "time of making and lowering a mask, once, over a forward pass of the layers",
    "mask_seconds": "making and lowering",
    "forward_seconds": "the forward pass",
    "layers": "of the forward pass",
    "cores": "that this process may use",
}


def main() -> None:
    options = _options()
    length = options.length
    documents = np.arange(length, dtype="int32") // 1000
    figures: dict[str, Any] = {"length": length, "dense_bytes": length**2, "cores": cores()}
    makers: dict[str, Callable[[], Any]] = {
        "causal": lambda: masks.causal(length),
        "packed": lambda: masks.packed(documents) & masks.causal(length),
        "prefix": lambda: masks.prefix(documents % 2) & masks.padding(documents < 90),
    }
    for name, make in makers.items():
        note(f"a {name} mask of {length:,} positions")
        _use(make)  # what is imported only once
        figures[f"{name}_bytes"] = _peak(make)
    began = time.perf_counter()
    _use(makers["packed"])
    figures["packed_seconds"] = time.perf_counter() - began
    figures["packed_bytes_per_position"] = figures["packed_bytes"] / length
    figures |= _share(options.batch, options.positions, options.layers, options.rounds)
    report({name: figures[name] for name in MEANINGS}, MEANINGS, "masks", options.json)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--length", type=int, default=100_000)
    parser.add_argument("--positions", type=int, default=512, help="of the forward pass")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _use(make: Callable[[], Any]) -> None:
    mask = make()
    mask.last(1)
    mask.explain("torch", "gpu")


def _peak(make: Callable[[], Any]) -> int:
    tracemalloc.start()
    _use(make)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def _share(batch: int, positions: int, layers: int, rounds: int) -> dict[str, float]:
    """Measure two compiled programs in turns, each at its best: one makes a mask, one uses it."""
    note(f"a forward pass of {layers} layers, batch {batch}, {positions} positions")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, positions, WIDTH)).astype("float32")
    shapes = ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH))
    weights = [rng.normal(size=shape).astype("float32") / shape[0] ** 0.5 for shape in shapes]
    documents = np.sort(rng.integers(0, 4, (batch, positions))).astype("int32")
    ids = rng.integers(0, 2, (batch, positions)).astype("int32")

    @jax.jit
    def make(documents: Any, ids: Any) -> Any:
        return (masks.packed(documents) & masks.prefix(ids)).lower().matrix

    @jax.jit
    def forward(x: Any, pairs: Any, weights: Any) -> Any:
        lowered = masks.matrix(pairs).lower()
        for _ in range(layers):
            heads = (x @ weights[0]).reshape(batch, positions, 3, HEADS, WIDTH // HEADS)
            seen = masks.attention(heads[:, :, 0], heads[:, :, 1], heads[:, :, 2], lowered)
            x = x + seen.reshape(x.shape) @ weights[1]
            x = x + jax.nn.gelu(x @ weights[2]) @ weights[3]
        return x

    pairs = make(documents, ids)
    programs = (lambda: make(documents, ids), lambda: forward(x, pairs, weights))
    best = [float("inf"), float("inf")]
    for turn in range(rounds + 1):  # the first one compiles
        for i, program in enumerate(programs):
            began = time.perf_counter()
            program().block_until_ready()
            if turn:
                best[i] = min(best[i], time.perf_counter() - began)
    return {
        "mask_share": best[0] / best[1],
        "mask_seconds": best[0],
        "forward_seconds": best[1],
        "layers": layers,
    }


if __name__ == "__main__":
    main()
