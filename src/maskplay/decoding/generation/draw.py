"""Texts drawn token by token."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from keras import ops

from maskplay.decoding.generation import choices
from maskplay.decoding.generation.constraint import Constraint
from maskplay.decoding.generation.noise import gumbel
from maskplay.decoding.generation.step import Step
from maskplay.decoding.generation.texts import Texts
from maskplay.decoding.samplers import Sampler


class Drawing(NamedTuple):
    """Where drawing stands.

    Attributes:
        index: `()`, tokens written.
        tokens: `(batch, width, capacity)`.
        lengths: `(batch, width)`, of those that have ended; of the others, so far.
        done: `(batch, width)`, whether they have ended.
        log_probabilities: `(batch, width)`.
        logits: `(batch, width, vocabulary)`, of the next token.
        cache: the step's.
        memory: the constraints'.
    """

    index: Any
    tokens: Any
    lengths: Any
    done: Any
    log_probabilities: Any
    logits: Any
    cache: Any
    memory: Any


def begin(
    logits: Any,
    cache: Any,
    width: int,
    capacity: int,
    constraints: Sequence[Constraint] = (),
    live: Any = None,
) -> Drawing:
    """Stand before the first token; arguments as in `draw`."""
    batch = logits.shape[0]
    zeros = ops.zeros((batch, width), dtype="int32")
    return Drawing(
        index=ops.zeros((), dtype="int32"),
        tokens=ops.zeros((batch, width, capacity), dtype="int32"),
        lengths=zeros,
        done=zeros > 0 if live is None else ops.logical_not(ops.broadcast_to(live[:, None], (batch, width))),
        log_probabilities=ops.zeros((batch, width), dtype="float32"),
        logits=ops.repeat(logits[:, None], width, axis=1),
        cache=cache,
        memory=choices.start(constraints, batch, width),
    )


def go_on(
    step: Step,
    drawing: Drawing,
    stop: Any,
    sampler: Sampler,
    seeds: Any,
    end: int,
    constraints: Sequence[Constraint] = (),
) -> Drawing:
    """Draw until there are `stop` tokens, or all texts have ended; arguments as in `draw`."""
    batch, width, capacity = drawing.tokens.shape
    vocabulary = drawing.logits.shape[-1]
    own = ops.broadcast_to(ops.arange(width, dtype="int32")[None, :, None], (batch, width, capacity))

    def write(now: Drawing) -> Drawing:
        likely = choices.log_probabilities(now.logits)
        may = choices.allowed(constraints, now.memory, now.tokens, now.index, end, vocabulary)
        noise = gumbel(seeds, width, now.index, vocabulary) if sampler.draws else None
        token = sampler.choose(ops.where(may, likely, float("-inf")), noise)
        added = ops.take_along_axis(likely, token[:, :, None], axis=2)[:, :, 0]
        done = ops.logical_or(now.done, token == end)
        tokens = choices.put(now.tokens, ops.where(done, 0, token), now.index)
        logits, cache = step(now.cache, tokens, own, now.index)
        return Drawing(
            index=now.index + 1,
            tokens=tokens,
            lengths=ops.where(done, now.lengths, now.index + 1),
            done=done,
            log_probabilities=now.log_probabilities + ops.where(now.done, 0.0, added),
            logits=ops.cast(logits, now.logits.dtype),
            cache=cache,
            memory=choices.advance(constraints, now.memory, token),
        )

    def unfinished(now: Drawing) -> Any:
        return ops.logical_and(now.index < stop, ops.logical_not(ops.all(now.done)))

    return choices.loop(unfinished, write, drawing)


def finish(drawing: Drawing, end: int) -> Texts:
    """Close the texts that reached the limit; the best come first."""
    closing = choices.log_probabilities(drawing.logits)[:, :, end]
    total = drawing.log_probabilities + ops.where(drawing.done, 0.0, closing)
    best = ops.argsort(-total, axis=1)
    tokens, lengths, total = choices.chosen((drawing.tokens, drawing.lengths, total), best)
    return Texts(tokens, lengths, total, total)


def draw(
    step: Step,
    cache: Any,
    logits: Any,
    sampler: Sampler,
    *,
    seeds: Any,
    end: int,
    capacity: int,
    max_length: Any = None,
    width: int = 1,
    constraints: Sequence[Constraint] = (),
    live: Any = None,
) -> Texts:
    """Draw texts, each token by what the network says after those before it, in one compiled loop.

    Args:
        step: the network.
        cache: the step's first.
        logits: `(batch, vocabulary)`, of the first token.
        sampler: chooses tokens.
        seeds: `(batch,)`, int32; what is drawn for a row depends on its own seed alone.
        end: the id that ends a text.
        capacity: tokens that there is room for.
        max_length: tokens that a text may have, `()`, at most `capacity`; default: that. Then it ends.
        width: texts for each row, drawn independently.
        constraints: what may be written.
        live: boolean `(batch,)`; rows that are only there to fill the batch are not waited for.

    Returns:
        `width` texts for each row, the most probable first.
    """
    drawing = begin(logits, cache, width, capacity, constraints, live)
    stop = capacity if max_length is None else max_length
    return finish(go_on(step, drawing, stop, sampler, seeds, end, constraints), end)
