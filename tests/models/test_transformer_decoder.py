"""Decoding with keys and values kept is what the whole network says under a prefix mask."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from keras import ops, tree

from maskplay import masks
from maskplay.decoding.generation import beam_search, draw
from maskplay.decoding.samplers import Greedy
from maskplay.models import TransformerConfig
from maskplay.models.compiled import compiled
from maskplay.models.transformer_decoder import TransformerDecoder

from .random_networks import made

BASE = TransformerConfig(
    vocabulary_size=13, width=12, depth=2, heads=3, hidden=7, max_positions=23, head="masked_lm", max_distance=3
)  # fmt: skip
KINDS = {
    "bert": BASE,
    "albert": replace(BASE, embedding_width=5, groups=1),
    "roformer": replace(BASE, positions="rotary", segments=0),
    "nezha": replace(BASE, positions="relative"),
    "pre": replace(BASE, norm="pre", positions="none"),
    "one segment": replace(BASE, segments=1),
}
SOURCES = np.array([[2, 9, 4, 5, 3, 0, 0], [2, 7, 8, 6, 11, 12, 3], [2, 3, 0, 0, 0, 0, 0]], "int32")
LENGTHS = np.array([5, 7, 2], "int32")
END, CAPACITY = 3, 3


@pytest.fixture(scope="module")
def networks():
    return {name: made(config) for name, config in KINDS.items()}


def whole(network, asked):
    """The logits of the next token for several (row, target), by one pass over sources and targets."""
    tokens, segments = (np.zeros((len(asked), 7 + CAPACITY), "int32") for _ in range(2))
    last = []
    for n, (row, target) in enumerate(asked):
        source = SOURCES[row, : LENGTHS[row]]
        stop = len(source) + len(target)
        tokens[n, :stop] = np.concatenate([source, target])
        segments[n, len(source) : stop] = 1
        last.append(stop - 1)
    inside = np.arange(7 + CAPACITY) <= np.array(last)[:, None]
    said = network(tokens, segments, mask=masks.prefix(segments) & masks.padding(inside))
    return ops.convert_to_numpy(said)[np.arange(len(asked)), last]


class Said(NamedTuple):
    """Logits after each token, and how many blocks of each row ended up in the trunk."""

    logits: np.ndarray
    shared: list


def written(network, texts):
    """What the decoder says of texts `(batch, width, capacity)`; slots change places."""
    decoder = TransformerDecoder(network)
    batch, width, capacity = texts.shape

    def program(tokens, lengths, texts, slots):
        source, first = decoder.read(tokens, lengths)

        def step(index, said, *kept):
            # The step at `index` writes to slot k what text k then was.
            now = (ops.take(x, index, axis=0) for x in (texts, slots))
            logits, kept = decoder.write(source, unflat(kept), *now, index)
            return index + 1, ops.slice_update(said, (index + 1, 0, 0, 0), logits[None]), *flat(kept)

        room = decoder.room(batch, width, capacity)
        flat, unflat = tree.flatten, lambda arrays: tree.pack_sequence_as(room, list(arrays))
        said = ops.zeros((capacity + 1, batch, width, first.shape[-1]), first.dtype)
        said = ops.slice_update(said, (0, 0, 0, 0), ops.repeat(first[:, None], width, axis=1)[None])
        _, said, *kept = ops.while_loop(
            lambda index, *_: index < capacity, step, (ops.zeros((), "int32"), said, *flat(room))
        )
        return said, unflat(kept).shared

    history, slots = histories(texts)
    run = compiled(network, program)
    arrays = (ops.convert_to_tensor(x) for x in (SOURCES, LENGTHS, history, slots))
    said, shared = run(*arrays)
    return Said(ops.convert_to_numpy(said), ops.convert_to_numpy(shared).tolist()), history


def histories(texts):
    """Let texts change places before each token, as beams do: all arrays `(step, batch, width, capacity)`."""
    rng = np.random.default_rng(5)
    batch, width, capacity = texts.shape
    tokens, slots = np.zeros_like(texts), np.zeros_like(texts)
    steps = []
    for index in range(capacity):
        parents = rng.integers(0, width, (batch, width))
        tokens, slots = (np.take_along_axis(x, parents[:, :, None], axis=1) for x in (tokens, slots))
        tokens[:, :, index], slots[:, :, index] = texts[:, :, index], np.arange(width)
        steps.append((tokens.copy(), slots.copy()))
    return tuple(np.stack(part).astype("int32") for part in zip(*steps, strict=True))


TEXTS = np.random.default_rng(3).integers(4, 13, (3, 2, CAPACITY)).astype("int32")


@pytest.mark.parametrize("kind", KINDS)
def test_step_by_step_is_the_whole_network(networks, kind):
    said, history = written(networks[kind], TEXTS)
    places = [(n, row, text) for n in range(CAPACITY + 1) for row in range(3) for text in range(2)]
    wanted = whole(networks[kind], [(row, history[n - 1, row, text, :n]) for n, row, text in places])
    found = np.stack([said.logits[n][row, text] for n, row, text in places])
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_long_targets_are_looked_at_in_blocks_and_what_all_descend_from_once(networks, kind, monkeypatch):
    texts = np.random.default_rng(4).integers(4, 13, (3, 3, 16)).astype("int32")
    monkeypatch.setattr("maskplay.models.transformer_decoder.BLOCK", 7)  # 16 are no whole blocks: all at once
    all_at_once, _ = written(networks[kind], texts)
    assert not any(all_at_once.shared)
    monkeypatch.setattr("maskplay.models.transformer_decoder.BLOCK", 4)
    for places in (5, 8):  # 16 are no multiple of 5: blocks as small as the others
        monkeypatch.setattr("maskplay.models.transformer_decoder._TRUNK", places)
        in_blocks, _ = written(networks[kind], texts)
        assert in_blocks.shared == [3, 3, 2]  # whole blocks, as each row allows
        np.testing.assert_allclose(in_blocks.logits, all_at_once.logits, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["bert", "nezha"])
def test_blocks_of_a_single_text(networks, kind, monkeypatch):
    texts = np.random.default_rng(6).integers(4, 13, (3, 1, 8)).astype("int32")
    all_at_once, _ = written(networks[kind], texts)
    monkeypatch.setattr("maskplay.models.transformer_decoder.BLOCK", 4)
    in_blocks, _ = written(networks[kind], texts)
    np.testing.assert_allclose(in_blocks.logits, all_at_once.logits, rtol=1e-4, atol=1e-5)


def test_beam_search_with_a_network_is_exhaustive_where_the_width_covers_the_space(networks):
    """Three tokens may be written, and at most two of them: 13 texts."""
    from itertools import product

    from maskplay.decoding.generation import Never

    network, never = networks["roformer"], Never((0, 1, 2, 7, 8, 9, 10, 11, 12))
    decoder = TransformerDecoder(network)

    def program(tokens, lengths):
        source, logits = decoder.read(tokens, lengths)

        def step(kept, texts, slots, index):
            return decoder.write(source, kept, texts, slots, index)

        return beam_search(
            step, decoder.room(3, 9, 2), logits, width=9, end=END, capacity=2, best=13, constraints=(never,)
        )

    texts = compiled(network, program)(*(ops.convert_to_tensor(x) for x in (SOURCES, LENGTHS)))
    targets = [t for n in range(3) for t in product((4, 5, 6), repeat=n)]
    logits = whole(network, [(row, t) for row in range(3) for t in targets]).astype("float64")
    likely = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    after = dict(zip(((row, t) for row in range(3) for t in targets), likely, strict=True))
    for row in range(3):
        totals = {t: sum(after[row, t[:n]][token] for n, token in enumerate((*t, END))) for t in targets}
        ranking = sorted(((total / (len(t) + 1), t) for t, total in totals.items()), reverse=True)
        tokens, lengths, _, scores = (ops.convert_to_numpy(x)[row] for x in texts)
        np.testing.assert_allclose(scores, [score for score, _ in ranking], rtol=1e-4, atol=1e-4)
        assert [tuple(t[:n]) for t, n in zip(tokens.tolist(), lengths.tolist(), strict=True)] == [
            t for _, t in ranking
        ]


def test_weights_may_change_between_calls(networks):
    network = made(replace(BASE, depth=1))
    decoder = TransformerDecoder(network)

    def program(tokens, lengths):
        source, logits = decoder.read(tokens, lengths)

        def step(kept, texts, slots, index):
            return decoder.write(source, kept, texts, slots, index)

        return draw(
            step, decoder.room(3, 1, 2), logits, Greedy(), seeds=lengths, end=END, capacity=2, max_length=2
        ), logits

    run = compiled(network, program)
    arrays = [ops.convert_to_tensor(x) for x in (SOURCES, LENGTHS)]
    before = ops.convert_to_numpy(run(*arrays)[1])
    bias = next(w for w in network.weights if w.path.endswith("token_bias/bias"))
    bias.assign(ops.convert_to_numpy(bias.value) + np.arange(13, dtype="float32"))
    after = ops.convert_to_numpy(run(*arrays)[1])
    np.testing.assert_allclose(after - before, np.broadcast_to(np.arange(13), (3, 13)), atol=1e-4)


def test_a_network_that_says_nothing_of_tokens_is_refused():
    with pytest.raises(ValueError, match=r'needs the head "masked_lm"\. Received: head=None'):
        TransformerDecoder(replace(BASE, head=None, depth=1).layer())
