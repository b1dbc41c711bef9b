"""Decoding programs of a network, compiled when they are first needed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from keras import ops

from maskplay.decoding.generation import Constraint, Texts, beam_search, draw
from maskplay.decoding.generation.draw import Drawing, begin, finish, go_on
from maskplay.decoding.samplers import Sampler
from maskplay.models.compiled import compiled
from maskplay.models.transformer import Transformer
from maskplay.models.transformer_decoder import Source, TransformerDecoder, Written
from maskplay.writing.batching import SourceBatch


class Generator:
    """Writes targets of sources: one program reads the sources and runs the whole loop.

    Args:
        network: with the head "masked_lm", built.
        end: the id of the end.
    """

    def __init__(self, network: Transformer, end: int) -> None:
        self.decoder = TransformerDecoder(network)
        self.end = end
        self._programs: dict[tuple[Any, ...], Callable[..., Any]] = {}

    def search(
        self,
        batch: SourceBatch,
        *,
        width: int,
        best: int,
        length_penalty: float,
        max_length: int,
        capacity: int,
        constraints: tuple[Constraint, ...] = (),
    ) -> Texts:
        """Search for the best targets; see `beam_search`."""

        def program(tokens: Any, lengths: Any, live: Any, longest: Any, penalty: Any) -> Texts:
            step, kept, logits = self._read(tokens, lengths, width, capacity)
            return beam_search(
                step,
                kept,
                logits,
                width=width,
                end=self.end,
                capacity=capacity,
                max_length=longest,
                best=best,
                length_penalty=penalty,
                constraints=constraints,
                live=live,
            )

        run = self._compiled(("search", width, best, capacity, constraints), program)
        penalty = ops.convert_to_tensor(length_penalty, "float32")
        return run(*_arrays(batch.tokens, batch.lengths, batch.live), _whole(max_length), penalty)

    def draw(
        self,
        batch: SourceBatch,
        *,
        sampler: Sampler,
        width: int,
        max_length: int,
        capacity: int,
        constraints: tuple[Constraint, ...] = (),
    ) -> Texts:
        """Draw targets; see `maskplay.decoding.generation.draw`."""

        def program(tokens: Any, lengths: Any, live: Any, longest: Any, seeds: Any) -> Texts:
            step, kept, logits = self._read(tokens, lengths, width, capacity)
            return draw(
                step,
                kept,
                logits,
                sampler,
                seeds=seeds,
                end=self.end,
                capacity=capacity,
                max_length=longest,
                width=width,
                constraints=constraints,
                live=live,
            )

        run = self._compiled(("draw", sampler, width, capacity, constraints), program)
        return run(
            *_arrays(batch.tokens, batch.lengths, batch.live), _whole(max_length), *_arrays(batch.seeds)
        )

    def stream(
        self,
        batch: SourceBatch,
        *,
        sampler: Sampler,
        max_length: int,
        capacity: int,
        constraints: tuple[Constraint, ...] = (),
    ) -> Iterator[Texts]:
        """Draw a target for each source, and give all that there is after every token."""

        def first(tokens: Any, lengths: Any, live: Any) -> tuple[Source, Drawing]:
            source, logits = self.decoder.read(tokens, lengths)
            kept = self.decoder.room(tokens.shape[0], 1, capacity)
            return source, begin(logits, kept, 1, capacity, constraints, live)

        def more(source: Source, drawing: Drawing, stop: Any, seeds: Any) -> tuple[Drawing, Texts]:
            step = self._step(Source(*source))
            drawing = go_on(step, Drawing(*drawing), stop, sampler, seeds, self.end, constraints)
            return drawing, finish(drawing, self.end)

        key = ("stream", sampler, capacity, constraints)
        source, drawing = self._compiled((*key, "first"), first)(
            *_arrays(batch.tokens, batch.lengths, batch.live)
        )
        run = self._compiled((*key, "more"), more)
        (seeds,) = _arrays(batch.seeds)
        for stop in range(1, max_length + 1):
            drawing, texts = run(source, drawing, _whole(stop), seeds)
            yield texts
            if bool(ops.convert_to_numpy(Drawing(*drawing).done).all()):
                return

    def _read(self, tokens: Any, lengths: Any, width: int, capacity: int) -> tuple[Any, Written, Any]:
        source, logits = self.decoder.read(tokens, lengths)
        return self._step(source), self.decoder.room(tokens.shape[0], width, capacity), logits

    def _step(self, source: Source) -> Any:
        return lambda kept, texts, slots, index: self.decoder.write(source, kept, texts, slots, index)

    def _compiled(self, key: tuple[Any, ...], program: Callable[..., Any]) -> Callable[..., Any]:
        if key not in self._programs:
            self._programs[key] = compiled(self.decoder.network, program)
        return self._programs[key]


def _arrays(*arrays: Any) -> Sequence[Any]:
    return [ops.convert_to_tensor(array) for array in arrays]


def _whole(number: int) -> Any:
    return ops.convert_to_tensor(number, dtype="int32")
