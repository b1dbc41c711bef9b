"""A question-answering checkpoint at work: scores of characters from a Transformer that reads question and passage."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.reading.buckets import bucket, padded, rounded_rows
from maskplay.reading.checkpoint.subword_encoder import Pieces, SubwordEncoder
from maskplay.reading.checkpoint.windows import Pair, Window
from maskplay.reading.passage_scores import Piece

_LENGTHS = (64, 128, 256, 384)
_POSITIONS = 4096  # of a batch
_PAIRS = 64  # whose scores are held at once
_LONGEST_ANSWER = 32  # pieces; only for the gate


@dataclass(frozen=True)
class CutPassages:
    """Passages in pieces of words: nothing more can be known of them before there is a question.

    Attributes:
        pieces: one for each passage that has any text.
        passages: all of them.
    """

    pieces: list[Piece]
    passages: Sequence[Pieces]


@dataclass(frozen=True)
class CutQuestions:
    """Questions in pieces of words."""

    ids: list[np.ndarray]


class CheckpointScores:
    """Computes a checkpoint's scores, in the form that `PassageScores` has.

    A span's first character has the start logit of the piece that begins there, its last one the end logit of the piece
    that ends there; elsewhere no span begins or ends. The gate compares the best span with "no answer", the span of
    [CLS]: it means something where the checkpoint was trained with questions that have no answer (SQuAD 2.0).

    Args:
        model: `maskplay.models.load_checkpoint(..., "span")`.
        encode: its tokenizer.
    """

    def __init__(self, model: Any, encode: SubwordEncoder) -> None:
        self.model = model
        self.encode_text = encode
        config = model.get_layer("transformer").config
        self.pad_id = config.pad_id
        self.longest = min(_LENGTHS[-1], config.max_positions)

    def encode(self, passages: Sequence[Pieces]) -> Iterator[CutPassages]:
        """Give all passages at once."""
        cut = [
            Piece(number, 0, p.characters, 0, p.characters) for number, p in enumerate(passages) if len(p.ids)
        ]
        if cut:
            yield CutPassages(cut, passages)

    def encode_questions(self, questions: Sequence[Pieces]) -> CutQuestions:
        """Give the questions' ids."""
        return CutQuestions([question.ids for question in questions])

    def ask(
        self, wanted: Iterable[tuple[CutPassages, Sequence[tuple[int, int]]]], questions: CutQuestions
    ) -> Iterator[tuple[Piece, int, np.ndarray]]:
        """Read questions with passages; arguments and results as `PassageScores.ask` has them."""
        for batch, pairs in wanted:
            for i in range(0, len(pairs), _PAIRS):
                chosen = pairs[i : i + _PAIRS]
                asked = [
                    Pair(questions.ids[question], batch.passages[batch.pieces[row].passage], self.longest)
                    for row, question in chosen
                ]
                for (row, question), scores in zip(chosen, self._scores(asked), strict=True):
                    yield batch.pieces[row], question, scores

    def _scores(self, pairs: Sequence[Pair]) -> Iterator[np.ndarray]:
        windows = [window for number, pair in enumerate(pairs) for window in pair.windows(number)]
        windows.sort(key=lambda window: len(pairs[window.pair].asked) + window.last - window.first)
        found: dict[int, list[tuple[Window, np.ndarray, float]]] = defaultdict(list)
        for some in self._batches(windows, pairs):
            for window, said in zip(some, self._said(some, pairs), strict=False):
                begin = len(pairs[window.pair].asked) + 2
                passage = said[begin : begin + window.last - window.first]
                found[window.pair].append((window, passage, float(said[0].sum())))
        for number, pair in enumerate(pairs):
            own = sorted(found[number], key=lambda one: one[0].first)
            logits = pair.joined([one[0] for one in own], [one[1] for one in own])
            yield _of_characters(pair.passage, logits, min(one[2] for one in own))

    def _batches(self, windows: list[Window], pairs: Sequence[Pair]) -> Iterator[list[Window]]:
        """Fill batches with windows of like length."""
        batch: list[Window] = []
        for window in windows:
            if batch and len(batch) >= _POSITIONS // self._length([*batch, window], pairs):
                yield batch
                batch = []
            batch.append(window)
        if batch:
            yield batch

    def _length(self, windows: Sequence[Window], pairs: Sequence[Pair]) -> int:
        longest = max(len(pairs[w.pair].asked) + w.last - w.first + 3 for w in windows)
        return min(self.longest, bucket(longest, _LENGTHS))

    def _said(self, windows: Sequence[Window], pairs: Sequence[Pair]) -> np.ndarray:
        """Run the network on a batch: logits `(rows, length, 2)`, rows of padding at the end."""
        length = self._length(windows, pairs)
        rows = [pairs[w.pair].row(w, self.encode_text.first, self.encode_text.between) for w in windows]
        count = rounded_rows(len(rows), _POSITIONS // length)
        tokens = padded([tokens for tokens, _ in rows], count, length)
        if self.pad_id:
            for i in range(count):
                tokens[i, len(rows[i][0]) if i < len(rows) else 0 :] = self.pad_id
        segments = padded([segments for _, segments in rows], count, length)
        return np.asarray(self.model.predict_on_batch({"tokens": tokens, "segments": segments}), np.float32)


def _of_characters(passage: Pieces, logits: np.ndarray, none: float) -> np.ndarray:
    """Turn logits of pieces into scores of characters `(characters, 5)`, see `maskplay.models.ReaderNetwork`."""
    scores = np.zeros((passage.characters, 5), np.float32)
    scores[:, :2] = -np.inf
    np.maximum.at(scores[:, 0], passage.offsets[:, 0], logits[:, 0])
    np.maximum.at(scores[:, 1], passage.offsets[:, 1] - 1, logits[:, 1])
    count = len(logits)
    best = max(
        float((logits[: count - more, 0] + logits[more:, 1]).max())
        for more in range(min(count, _LONGEST_ANSWER))
    )
    scores[:, 4] = best - none
    return scores
