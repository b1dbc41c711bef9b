"""The same pairs through our reader and through BERT-base."""

from collections.abc import Sequence
from dataclasses import dataclass

from maskplay.datasets import Example
from maskplay.reading import Reader
from measures.clock import seconds


@dataclass(frozen=True)
class Rates:
    """Pairs of question and passage per second.

    Attributes:
        pairs: how many were timed.
        maskplay: passages that questions share are read once.
        maskplay_unshared: every pair has its passage read anew.
        bert: of BERT-base.
        bert_windows: windows that BERT cut the pairs into.
    """

    pairs: int
    maskplay: float
    maskplay_unshared: float
    bert: float
    bert_windows: int


def rates(reader: Reader, examples: Sequence[Example], repeats: int = 2) -> Rates:
    """Time both readers, taking turns; the best of several runs each, after one that warms up."""
    from measures.bert import BertReader

    pairs = [(example.question, passage.text) for example in examples for passage in example.passages]
    bert = BertReader()
    bert.read(pairs[:1])
    reader.batch(examples)
    _unshared(reader, pairs)
    shared, unshared, slow, windows = [], [], [], 0
    for _ in range(repeats):
        # Ours takes a hundredth of the time: several runs, or one hiccup of the machine would decide.
        shared += [seconds(lambda: reader.batch(examples)) for _ in range(3)]
        unshared += [seconds(lambda: _unshared(reader, pairs)) for _ in range(3)]

        def read() -> None:
            nonlocal windows
            windows = bert.read(pairs)

        slow.append(seconds(read))
    count = len(pairs)
    return Rates(count, count / min(shared), count / min(unshared), count / min(slow), windows)


def _unshared(reader: Reader, pairs: Sequence[tuple[str, str]]) -> None:
    """Read the passage of every pair, equal ones too, and find the spans of each."""
    reading = reader.read([passage for _, passage in pairs])
    reading.rank([question for question, _ in pairs], [[number] for number in range(len(pairs))])
