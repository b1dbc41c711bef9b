"""The most probable texts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from keras import ops

from maskplay.decoding.generation import choices
from maskplay.decoding.generation.constraint import Constraint
from maskplay.decoding.generation.step import Step
from maskplay.decoding.generation.texts import Texts

_NONE = float("-inf")


class _Search(NamedTuple):
    """Where a search stands: open texts, the best finished ones, and what the network says of the open ones."""

    index: Any
    tokens: Any
    slots: Any
    totals: Any  # log-probabilities of the open texts, (batch, width)
    finished: Texts
    over: Any  # (batch,), whether no open text can become one of the best
    logits: Any
    cache: Any
    memory: Any


def beam_search(
    step: Step,
    cache: Any,
    logits: Any,
    *,
    width: int,
    end: int,
    capacity: int,
    max_length: Any = None,
    best: int = 1,
    length_penalty: float = 1.0,
    constraints: Sequence[Constraint] = (),
    live: Any = None,
) -> Texts:
    """Search for the texts of the highest score, in one compiled loop.

    The score of a text is its log-probability, the end's included, over its length to the power of `length_penalty`,
    the end counted. Open texts and finished ones are kept apart: each step opens the `width` most probable
    continuations, and finishes every open text once; a finished text is not touched again, and competes with all
    others by its score. The search is over when no open text can reach the worst of the best, so that stopping early
    changes nothing. A text of `max_length` tokens must end, at the price that the network says. With a width of all
    texts, this is exhaustive search.

    Args:
        step: the network.
        cache: the step's first.
        logits: `(batch, vocabulary)`, of the first token.
        width: open texts of each row.
        end: the id that ends a text.
        capacity: tokens that there is room for.
        max_length: tokens that a text may have, `()`, at most `capacity`; default: that.
        best: finished texts to keep of each row.
        length_penalty: 0: short texts win; 1: the mean log-probability counts.
        constraints: what may be written.
        live: boolean `(batch,)`; rows that are only there to fill the batch are not waited for.

    Returns:
        `best` texts for each row, the best first; log-probability and score of -inf where there are fewer.
    """
    batch, vocabulary = logits.shape
    width = max(1, min(width, vocabulary**capacity))
    stop = ops.convert_to_tensor(capacity if max_length is None else max_length, dtype="int32")

    def score(totals: Any, length: Any) -> Any:
        return totals / ops.cast(length, "float32") ** length_penalty

    def judged(now: _Search) -> Any:
        may = choices.allowed(constraints, now.memory, now.tokens, now.index, end, vocabulary)
        likely = ops.where(may, choices.log_probabilities(now.logits), _NONE)
        return now.totals[:, :, None] + likely

    def with_finished(now: _Search, totals: Any) -> Texts:
        """Let every open text end here, and keep the best of all that have ended."""
        ended = Texts(
            now.tokens,
            ops.broadcast_to(now.index, (batch, width)),
            totals,
            score(totals, now.index + 1),
        )
        both = [ops.concatenate(pair, axis=1) for pair in zip(now.finished, ended, strict=True)]
        scores, places = ops.top_k(both[3], best)
        tokens, lengths, totals = choices.chosen(tuple(both[:3]), places)
        return Texts(tokens, lengths, totals, scores)

    def is_over(finished: Texts, totals: Any, length: Any) -> Any:
        """Whether what open texts can reach is not above the worst of the best: totals only fall."""
        most = ops.max(totals, axis=1)
        # An open text of `length` tokens has length + 1 at least when it has ended.
        reach = ops.maximum(score(most, length + 1), score(most, stop + 1))
        return ops.logical_or(finished.scores[:, -1] >= reach, most == _NONE)

    def write(now: _Search) -> _Search:
        totals = judged(now)
        finished = with_finished(now, totals[:, :, end])
        open_ = ops.where(ops.arange(vocabulary) == end, _NONE, totals)
        totals, places = ops.top_k(ops.reshape(open_, (batch, width * vocabulary)), width)
        parents, token = ops.cast(places // vocabulary, "int32"), ops.cast(places % vocabulary, "int32")
        tokens, slots, memory = choices.chosen((now.tokens, now.slots, now.memory), parents)
        tokens = choices.put(tokens, token, now.index)
        slots = choices.put(slots, ops.broadcast_to(ops.arange(width), (batch, width)), now.index)
        logits, cache = step(now.cache, tokens, slots, now.index)
        return _Search(
            index=now.index + 1,
            tokens=tokens,
            slots=slots,
            totals=totals,
            finished=finished,
            over=ops.logical_or(now.over, is_over(finished, totals, now.index + 1)),
            logits=ops.cast(logits, now.logits.dtype),
            cache=cache,
            memory=choices.advance(constraints, memory, token),
        )

    def unfinished(now: _Search) -> Any:
        return ops.logical_and(now.index < stop, ops.logical_not(ops.all(now.over)))

    zeros = ops.zeros((batch, width, capacity), dtype="int32")
    first = _Search(
        index=ops.zeros((), dtype="int32"),
        tokens=zeros,
        slots=zeros,
        # All texts of a row are the same one at first.
        totals=ops.broadcast_to(ops.where(ops.arange(width) == 0, 0.0, _NONE), (batch, width)),
        finished=_no_texts(batch, best, capacity),
        over=ops.zeros((batch,), dtype="bool") if live is None else ops.logical_not(live),
        logits=ops.repeat(logits[:, None], width, axis=1),
        cache=cache,
        memory=choices.start(constraints, batch, width),
    )
    last = choices.loop(unfinished, write, first)
    return with_finished(last, judged(last)[:, :, end])


def _no_texts(batch: int, best: int, capacity: int) -> Texts:
    return Texts(
        ops.zeros((batch, best, capacity), dtype="int32"),
        ops.zeros((batch, best), dtype="int32"),
        ops.full((batch, best), _NONE, dtype="float32"),
        ops.full((batch, best), _NONE, dtype="float32"),
    )
