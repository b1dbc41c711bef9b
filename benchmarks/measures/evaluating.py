"""Where the time of an evaluation goes."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from unittest import mock

import jax

from maskplay import metrics
from maskplay.datasets import Example
from maskplay.reading import Reader
from maskplay.reading import stretch as stretch_module
from measures import flops
from measures.clock import Clock


@dataclass(frozen=True)
class EvaluationTimes:
    """Seconds of one evaluation.

    Attributes:
        total: from the examples to their scores.
        network: inside of the network, encoder and asker.
        text: turning strings into ids.
        boundaries: finding where spans may begin and end.
        scoring: comparing answers with the references.
        decoding: all the rest: spans, vote, answers.
    """

    total: float
    network: float
    text: float
    boundaries: float
    scoring: float

    @property
    def decoding(self) -> float:
        return self.total - self.network - self.text - self.boundaries - self.scoring

    @property
    def host_share(self) -> float:
        """The share of the time that is not inside of the network."""
        return 1 - self.network / self.total


def warm_evaluation(
    reader: Reader, examples: Sequence[Example], metric: str, repeats: int = 3
) -> EvaluationTimes:
    """Evaluate once to compile every shape, then take the fastest of several."""
    reader.evaluate(examples, metric)
    return min((_timed(reader, examples, metric) for _ in range(repeats)), key=lambda times: times.total)


def necessary_flops(reader: Reader, examples: Sequence[Example]) -> int:
    """Count what an evaluation has to compute: distinct passages and questions once, each pair, no padding."""
    distinct = {passage.text for example in examples for passage in example.passages}
    asked = [example for example in examples if example.question.strip()]
    pairs = [(len(passage.text), len(e.question)) for e in asked for passage in e.passages]
    return flops.reading(reader.config, map(len, distinct), [len(e.question) for e in asked], pairs)


def _timed(reader: Reader, examples: Sequence[Example], metric: str) -> EvaluationTimes:
    with _clocks(reader) as clocks:
        began = time.perf_counter()
        reader.evaluate(examples, metric)
        total = time.perf_counter() - began
    return EvaluationTimes(total, **{name: clock.seconds for name, clock in clocks.items()})


@contextmanager
def _clocks(reader: Reader) -> Iterator[dict[str, Clock]]:
    """Put clocks around the parts of a reader, for a while."""
    clocks = {name: Clock() for name in ("network", "text", "boundaries", "scoring")}
    network, encode = reader.network, reader.encode

    def timed(part: object) -> SimpleNamespace:
        def computed(x: object) -> object:
            return jax.block_until_ready(part.predict_on_batch(x))  # type: ignore[attr-defined]

        return SimpleNamespace(predict_on_batch=clocks["network"].around(computed))

    reader.network = replace(
        network,
        passage_encoder=timed(network.passage_encoder),
        question_encoder=timed(network.question_encoder),
        asker=timed(network.asker),
    )
    reader.encode = clocks["text"].around(encode)  # type: ignore[assignment]
    finding = clocks["boundaries"].around(stretch_module.answer_boundaries)
    scoring = clocks["scoring"].around(metrics.evaluate)
    try:
        with (
            mock.patch.object(stretch_module, "answer_boundaries", finding),
            mock.patch.object(metrics, "evaluate", scoring),
        ):
            yield clocks
    finally:
        reader.network, reader.encode = network, encode
