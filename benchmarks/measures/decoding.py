"""Writing by beam search, ours and others', with one configuration and random weights."""

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import numpy as np

from maskplay import masks
from maskplay.decoding.generation import MinimumLength, Never
from maskplay.models import TransformerConfig
from maskplay.writing.batching import SourceBatch, capacity_for
from maskplay.writing.generator import Generator
from measures.clock import cores, seconds

END = 3


def network(config: TransformerConfig) -> Any:
    """Make a network with random weights."""
    made = config.layer()
    made.build((None, None))
    return made


def sources(config: TransformerConfig, batch: int, length: int) -> SourceBatch:
    """Make up sources."""
    tokens = np.random.default_rng(0).integers(5, config.vocabulary_size, (batch, length)).astype("int32")
    rows = np.arange(batch)
    return SourceBatch(list(rows), tokens, np.full(batch, length, "int32"), rows >= 0, rows.astype("int32"))


def our_search(generator: Generator, batch: SourceBatch, beams: int, target: int) -> Callable[[], Any]:
    """Give a function that writes targets of exactly so many tokens for all sources."""
    constraints = (Never((0, 1, 2, 4)), MinimumLength(target, END))
    return lambda: jax.block_until_ready(
        generator.search(
            batch,
            width=beams,
            best=1,
            length_penalty=1.0,
            max_length=target,
            capacity=capacity_for(target),
            constraints=constraints,
        )
    )


def recomputing(made: Any, batch: SourceBatch, beams: int, target: int, points: int = 3) -> float:
    """Give the seconds of a search that reads source and prefix anew for each token, as bert4keras does.

    Only the network's passes count, with the head at the last position alone; what beam search itself takes does not.
    Some prefixes are measured, evenly spread, and their mean taken.

    Args:
        made: the network.
        batch: the sources.
        beams: of each.
        target: tokens of each text.
        points: prefixes that are measured.
    """
    state = [v.value for v in made.trainable_variables], [v.value for v in made.non_trainable_variables]
    rows, length = batch.tokens.shape[0] * beams, batch.tokens.shape[1]
    times = []
    for written in np.linspace(0, target - 1, points).round().astype(int):
        segments = (np.arange(length + written) >= length).astype("int32")[None]
        tokens = np.random.default_rng(1).integers(5, 99, (rows, length + written)).astype("int32")
        run = _pass(made, masks.prefix(segments))
        segments = np.repeat(segments, rows, axis=0)
        jax.block_until_ready(run(state, tokens, segments))
        times.append(seconds(lambda run=run, x=(tokens, segments): jax.block_until_ready(run(state, *x))))
    return target * float(np.mean(times))


def _pass(made: Any, seen: Any) -> Callable[..., Any]:
    import keras

    @jax.jit
    def last_logits(state: Any, tokens: Any, segments: Any) -> Any:
        variables = [*made.trainable_variables, *made.non_trainable_variables]
        values = [*state[0], *state[1]]
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            visible = made.visible(tokens, seen)
            x, where = made.embed(tokens, segments), None
            for index in range(made.config.depth):
                x = made.block(index)(x, mask=visible, places=where)
            return made.say(made.last(x[:, -1:]))

    return last_logits


def their_search(config: TransformerConfig, batch: SourceBatch, beams: int, target: int) -> Callable[[], Any]:
    """Give a function by which transformers' BERT, as a decoder with its cache, writes as many tokens."""
    import torch
    import transformers

    torch.set_num_threads(cores())
    torch.manual_seed(0)
    model = transformers.BertLMHeadModel(
        transformers.BertConfig(
            vocab_size=config.vocabulary_size,
            num_hidden_layers=config.depth,
            max_position_embeddings=config.max_positions,
            is_decoder=True,
        )
    ).eval()
    ids = torch.tensor(batch.tokens).long()
    settings = transformers.GenerationConfig(
        num_beams=beams,
        max_new_tokens=target,
        min_new_tokens=target,
        do_sample=False,
        use_cache=True,
        eos_token_id=END,
        pad_token_id=0,
    )

    def run() -> None:
        with torch.inference_mode():
            found = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=settings)
        if found.shape[1] != ids.shape[1] + target:
            raise RuntimeError(f"They wrote {found.shape[1] - ids.shape[1]} tokens instead of {target}.")

    return run
