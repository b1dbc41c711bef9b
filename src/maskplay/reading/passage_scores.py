"""The network at work: passages encoded in batches of like length, and asked any number of times."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from maskplay.models import ReaderNetwork
from maskplay.models.as_array import as_array
from maskplay.reading.batches import batches
from maskplay.reading.buckets import PASSAGE_LENGTHS, bucket, padded, rounded_rows
from maskplay.reading.encoded_questions import EncodedQuestions, encode_questions
from maskplay.reading.text_encoder import Ids

_Item = TypeVar("_Item")

POSITIONS = 16384  # characters of a batch: large enough for full speed, small enough for the cache


class Piece(NamedTuple):
    """A stretch of a passage that is read at once.

    Attributes:
        passage: number of the passage.
        first: offset of the first character read.
        last: offset behind the last character read.
        kept_first: offset of the first character whose scores are kept; those before only surround it.
        kept_last: offset behind the last character whose scores are kept.
    """

    passage: int
    first: int
    last: int
    kept_first: int
    kept_last: int


@dataclass(frozen=True)
class EncodedBatch:
    """Some pieces, encoded: they can be asked without being read again.

    Attributes:
        pieces: one for each row that is not padding.
        arrays: inputs of the network's asker by name, arrays or tensors `(rows, length, ...)`.
    """

    pieces: list[Piece]
    arrays: dict[str, Any]


class Scores(Protocol):
    """What computes scores: `PassageScores`, or `CheckpointScores`."""

    def encode(self, passages: Any) -> Iterator[Any]:
        """Read passages, as far as that is possible without a question; give batches that have `pieces`."""

    def encode_questions(self, questions: Any) -> Any:
        """Read questions."""

    def ask(
        self, wanted: Iterable[tuple[Any, Sequence[tuple[int, int]]]], questions: Any
    ) -> Iterator[tuple[Piece, int, np.ndarray]]:
        """See `PassageScores.ask`."""


def pieces(passage: int, length: int, radius: int) -> Iterator[Piece]:
    """Cut a passage into pieces of at most the longest bucket, each surrounded by what can influence it.

    >>> [tuple(piece) for piece in pieces(7, length=2000, radius=62)]
    [(7, 0, 1024, 0, 962), (7, 900, 1924, 962, 1862), (7, 1800, 2000, 1862, 2000)]
    """
    longest = PASSAGE_LENGTHS[-1]
    if radius * 2 >= longest:
        raise ValueError(
            f"A network must see less than {longest // 2} characters to a side. Received {radius}."
        )
    kept = 0
    while kept < length:
        first = max(0, kept - radius)
        last = min(length, first + longest)
        kept_last = length if last == length else last - radius
        yield Piece(passage, first, last, kept, kept_last)
        kept = kept_last


class PassageScores:
    """Computes a network's scores for questions and passages of any number and length.

    Args:
        network: the network.
    """

    def __init__(self, network: ReaderNetwork) -> None:
        self.network = network

    def encode(self, passages: Sequence[Ids]) -> Iterator[EncodedBatch]:
        """Encode passages, the shorter first; empty ones make no piece."""
        cut = [
            piece
            for number, ids in enumerate(passages)
            for piece in pieces(number, len(ids.characters), self.network.radius)
        ]
        cut.sort(key=lambda piece: piece.last - piece.first)
        for chosen in batches([piece.last - piece.first for piece in cut], POSITIONS, exact=self._exact):
            yield self.encode_batch(cut[chosen], passages)

    def encode_batch(self, batch: list[Piece], passages: Sequence[Ids]) -> EncodedBatch:
        """Encode some pieces of like length."""
        longest = max(p.last - p.first for p in batch)
        length = longest if self._exact else bucket(longest, PASSAGE_LENGTHS)
        rows = self._rows(len(batch), POSITIONS // length)
        characters = padded([passages[p.passage].characters[p.first : p.last] for p in batch], rows, length)
        words = padded([passages[p.passage].words[p.first : p.last] for p in batch], rows, length)
        encoded = self.network.passage_encoder.predict_on_batch({"characters": characters, "words": words})
        return EncodedBatch(batch, {"passage_characters": characters, "passage_words": words, **encoded})

    def encode_questions(self, questions: Sequence[Ids]) -> EncodedQuestions:
        """Encode questions, each once, whatever they will be asked of."""
        return encode_questions(self.network.question_encoder, questions, POSITIONS, self._exact)

    def ask(
        self, wanted: Iterable[tuple[EncodedBatch, Sequence[tuple[int, int]]]], questions: EncodedQuestions
    ) -> Iterator[tuple[Piece, int, np.ndarray]]:
        """Ask pieces of batches.

        While the caller looks at what was found, the next scores are being computed.

        Args:
            wanted: batches that `encode` gave, and for each its pairs: row of the batch, number of the question.
            questions: what `encode_questions` gave.

        Yields:
            The piece, the question's number and the scores `(kept length, 5)` of the kept part of the piece.
        """
        for batch, pairs, begun in _one_ahead(self._begun(wanted, questions)):
            for (row, question), score in zip(pairs, as_array(begun), strict=False):
                piece = batch.pieces[row]
                yield piece, question, score[piece.kept_first - piece.first : piece.kept_last - piece.first]

    def _begun(
        self, wanted: Iterable[tuple[EncodedBatch, Sequence[tuple[int, int]]]], questions: EncodedQuestions
    ) -> Iterator[tuple[EncodedBatch, list[tuple[int, int]], Any]]:
        """Begin to compute; give (batch, pairs, scores) of some pairs at a time."""
        for batch, pairs in wanted:
            ordered = sorted(pairs, key=lambda pair: questions.lengths[pair[1]])
            most = max(1, POSITIONS // batch.arrays["passage_characters"].shape[1])
            for i in range(0, len(ordered), most):
                chosen = ordered[i : i + most]
                count = self._rows(len(chosen), most)
                rows = np.zeros(count, dtype=np.int32)
                rows[: len(chosen)] = [row for row, _ in chosen]
                asked = questions.inputs([question for _, question in chosen], count)
                inputs = {**batch.arrays, **asked, "row": rows}
                yield batch, chosen, self.network.asker.predict_on_batch(inputs)

    @property
    def _exact(self) -> bool:
        """Whether batches may have any shape: nothing is compiled."""
        return self.network.trainer is None

    def _rows(self, count: int, most: int) -> int:
        return count if self._exact else rounded_rows(count, most)


def _one_ahead(items: Iterable[_Item]) -> Iterator[_Item]:
    """Give the same, each after the next one was fetched."""
    coming = iter(items)
    for now in coming:
        for following in coming:
            yield now
            now = following
        yield now
