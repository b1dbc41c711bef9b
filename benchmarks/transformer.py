"""How fast the Transformer is, against BERT of transformers in the same run.

    python benchmarks/transformer.py [--repeats N] [--depth N] [--json]

BERT-base, batch 8, length 512, float32, random weights and tokens, one row a quarter padding: a forward pass, and a
step of training by AdamW with dropout 0.1 and the masked-language loss. The two take turns; the best of each counts.
Both have all cores; transformers has the attention that it chooses itself, and inference mode. Takes some minutes on
two cores.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import argparse
from collections.abc import Callable
from typing import Any

import jax
import keras
import numpy as np
import torch
import transformers

from maskplay import masks
from maskplay.models import TransformerConfig
from measures.clock import cores, seconds
from measures.peak import matrix_peak
from measures.report import note, report

BATCH, LENGTH, VOCABULARY = 8, 512, 21128
MEANINGS = {
    "encoder_vs_transformers": "their seconds over ours, of a forward pass",
    "train_step_vs_transformers": "their seconds over ours, of a step of training",
    "encoder_seconds": "of a forward pass",
    "train_step_seconds": "of a step: forward, backward, AdamW",
    "encoder_peak_share": "FLOP/s of matrix products over the peak",
    "train_step_peak_share": "the same; three times the forward FLOPs",
    "mask_share": "seconds of making and lowering a prefix and padding mask, over those of a forward pass",
    "peak_gflops": "float32 matrix products of 2048 x 2048",
    "cores": "that this process may use",
}


def main() -> None:
    options = _options()
    config = TransformerConfig(vocabulary_size=VOCABULARY, depth=options.depth)
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, VOCABULARY, (BATCH, LENGTH)).astype("int32")
    tokens[-1, 3 * LENGTH // 4 :] = 0
    peak = matrix_peak()
    note("forward passes")
    forward = _turns([_our_forward(config, tokens), _their_forward(config, tokens)], options.repeats)
    note("steps of training")
    step = _turns([_our_step(config, tokens), _their_step(config, tokens)], options.repeats)
    mask = min(seconds(lambda: _make_mask(tokens)) for _ in range(options.repeats + 2))
    peak = max(peak, matrix_peak())
    figures = {
        "encoder_vs_transformers": forward[1] / forward[0],
        "train_step_vs_transformers": step[1] / step[0],
        "encoder_seconds": forward[0],
        "train_step_seconds": step[0],
        "encoder_peak_share": encoder_flops(config) / forward[0] / peak,
        "train_step_peak_share": 3 * (encoder_flops(config) + head_flops(config)) / step[0] / peak,
        "mask_share": mask / forward[0],
        "peak_gflops": peak / 1e9,
        "cores": cores(),
    }
    report(figures, MEANINGS, "Transformer", options.json)


def encoder_flops(config: TransformerConfig) -> int:
    """Operations of the matrix products of a forward pass; padding counts, for both compute it."""
    width, positions = config.width, BATCH * LENGTH
    dense = 2 * positions * (4 * width * width + 2 * width * config.hidden)
    attention = 2 * 2 * positions * LENGTH * width
    return config.depth * (dense + attention)


def head_flops(config: TransformerConfig) -> int:
    """Operations of the masked-language head."""
    return 2 * BATCH * LENGTH * config.width * (config.width + config.vocabulary_size)


def _our_forward(config: TransformerConfig, tokens: np.ndarray) -> Callable[[], Any]:
    network = config.layer()
    network.build((None, None))
    state = [v.value for v in network.trainable_variables], [v.value for v in network.non_trainable_variables]

    @jax.jit
    def forward(state: Any, tokens: Any) -> Any:
        said, _ = network.stateless_call(*state, tokens)
        return said

    return lambda: forward(state, tokens).block_until_ready()


def _our_step(config: TransformerConfig, tokens: np.ndarray) -> Callable[[], Any]:
    from dataclasses import replace

    model = replace(config, head="masked_lm").build(inputs=("tokens",))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    model.compile(keras.optimizers.AdamW(1e-5), loss)
    return lambda: model.train_on_batch({"tokens": tokens}, tokens)


def _their(config: TransformerConfig, kind: Any) -> Any:
    torch.set_num_threads(cores())
    torch.manual_seed(0)
    return kind(transformers.BertConfig(vocab_size=config.vocabulary_size, num_hidden_layers=config.depth))


def _their_forward(config: TransformerConfig, tokens: np.ndarray) -> Callable[[], Any]:
    model = _their(config, transformers.BertModel).eval()
    ids = torch.tensor(tokens).long()

    def forward() -> None:
        with torch.inference_mode():
            model(input_ids=ids, attention_mask=(ids != 0).long())

    return forward


def _their_step(config: TransformerConfig, tokens: np.ndarray) -> Callable[[], Any]:
    model = _their(config, transformers.BertForMaskedLM).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    ids = torch.tensor(tokens).long()
    labels = torch.where(ids != 0, ids, -100)

    def step() -> None:
        optimizer.zero_grad()
        model(input_ids=ids, attention_mask=(ids != 0).long(), labels=labels).loss.backward()
        optimizer.step()

    return step


def _make_mask(tokens: np.ndarray) -> Any:
    segments = (np.arange(LENGTH) > LENGTH // 2).astype("int32")[None]
    lowered = (masks.prefix(segments) & masks.padding(tokens != 0)).lower()
    return jax.block_until_ready(lowered.matrix)


def _turns(runs: list[Callable[[], Any]], repeats: int) -> list[float]:
    """Time functions in turns, after a first time each that does not count; give the best of each."""
    for run in runs:
        run()
    times = [[seconds(run) for run in runs] for _ in range(repeats)]
    return [min(column) for column in zip(*times, strict=True)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--depth", type=int, default=12, help="blocks; fewer are quicker, and no BERT-base")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
