"""The reader: a question and many passages in, one answer and its evidence out."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from numbers import Real
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from maskplay.datasets import Example
from maskplay.models import AlignedReader, DGCNNReader
from maskplay.reading import portions
from maskplay.reading.answer import Answer
from maskplay.reading.ballot import Outcome
from maskplay.reading.calibrating import calibrated, warn_of_few
from maskplay.reading.checkpoint import checkpoint_files
from maskplay.reading.checkpoint.checkpoint_files import SpanCheckpoint
from maskplay.reading.checkpoint.checkpoint_scores import CheckpointScores
from maskplay.reading.checks import (
    checked_examples,
    checked_folder,
    checked_passages,
    checked_place,
    checked_question,
)
from maskplay.reading.encoded_stretches import EncodedStretches
from maskplay.reading.judgement import Judgement
from maskplay.reading.make_answer import make_answer
from maskplay.reading.many import outcomes
from maskplay.reading.passage_scores import PassageScores, Scores
from maskplay.reading.reading import Reading
from maskplay.reading.streaming import Stream
from maskplay.reading.stretch import Stretch
from maskplay.reading.weights import set_weights

if TYPE_CHECKING:
    from maskplay.metrics import Evaluation
    from maskplay.models.training_run import Progress
    from maskplay.reading.training import TrainingOptions
    from maskplay.text import WordVectors

_LITTLE = 200_000  # characters that NumPy reads before Keras would even be imported and compiled


class Reader:
    """Answers questions from passages, verbatim, with the places that say so (Scientific Spaces 5409 and 6906).

    Args:
        config: the network's configuration, or where its checkpoint lies.
        encode: turns strings into ids: a `TextEncoder`, or the `SubwordEncoder` of a checkpoint.
        judgement: turns scores into answers.
        weights: of the network by name; None for fresh ones.

    >>> reader = Reader.load()
    >>> answer = reader("镇海楼始建于哪一年？", ["镇海楼始建于1380年。", "登山时请注意安全。"])
    >>> answer.text, answer.evidence[0].passage
    ('1380年', 0)
    """

    def __init__(
        self,
        config: AlignedReader | DGCNNReader | SpanCheckpoint,
        encode: Any,
        judgement: Judgement,
        weights: Mapping[str, np.ndarray] | None = None,
    ) -> None:
        self.config = config
        self.encode = encode
        self.judgement = judgement
        self._weights = weights

    def __repr__(self) -> str:
        """Name the network, how many weights it has, and whether the reader is calibrated.

        >>> Reader.load()
        Reader(aligned, ... weights, calibrated)
        """
        from maskplay.reading.reader_files import network_name

        if isinstance(self.config, SpanCheckpoint):
            network = f"checkpoint {self.config.folder}"
        else:
            weights = sum(math.prod(shape) for shape in self.config.weight_shapes().values())
            network = f"{network_name(self.config)}, {weights:,} weights"
        return f"Reader({network}, {'not ' * (self.judgement.calibration is None)}calibrated)"

    @cached_property
    def network(self) -> Any:
        """The network in Keras, a `ReaderNetwork`; made when it is first needed, since that takes seconds.

        Of a checkpoint it is the Keras model.
        """
        network = self.config.build()
        if not isinstance(self.config, SpanCheckpoint):
            set_weights(network, self._weights, self.encode.vectors.matrix)
        return network

    @cached_property
    def _in_numpy(self) -> PassageScores | None:
        if self._weights is None or not isinstance(self.config, AlignedReader):
            return None
        return PassageScores(self.config.in_numpy(self._weights, self.encode.vectors.matrix))

    def _scores(self, characters: int) -> Scores:
        """Choose NumPy for little work, and Keras where compiling it pays."""
        if isinstance(self.config, SpanCheckpoint):
            return CheckpointScores(self.network, self.encode)
        if characters <= _LITTLE and "network" not in vars(self) and self._in_numpy is not None:
            return self._in_numpy
        return PassageScores(self.network)

    @classmethod
    def load(cls, folder: str | PathLike[str] | None = None) -> "Reader":
        """Load a reader.

        Args:
            folder: what `save` or `maskplay read train` wrote; or a question-answering checkpoint (BERT, ALBERT,
                ELECTRA, RoFormer, NEZHA): its folder, or its name on the Hugging Face hub, "owner/name"; None for the
                bundled reader (Chinese, trained on encyclopedia texts; see its card). A checkpoint's probabilities
                mean little before `calibrate`.

        Raises:
            FileNotFoundError: if the folder or one of its files is missing.
            ValueError: if a file is damaged or belongs to another reader; the message names it. Or if the name of the
                folder is empty.
            TypeError: if the folder is no path.
        """
        from maskplay.reading import reader_files

        if folder is None:
            return reader_files.load(reader_files.bundled())
        place = checked_folder(folder)
        if checkpoint_files.is_checkpoint(folder):
            return checkpoint_files.load(folder)
        return reader_files.load(place)

    def save(self, folder: str | PathLike[str]) -> None:
        """Write the reader to a folder, whole or not at all.

        Raises:
            FileExistsError: if the folder holds something that is not a reader.
            TypeError: if the folder is no path.
            ValueError: if it has no name, as "" and ".".
        """
        from maskplay.reading import reader_files

        reader_files.save(self, checked_place(folder))

    def read(self, passages: Iterable[str]) -> Reading:
        """Read passages once, to ask them many questions.

        A passage of more than 1,000 characters is read in stretches.

        >>> reading = Reader.load().read(["白云山的主峰摩星岭海拔382米。", "镇海楼始建于1380年。"])
        >>> reading.ask("白云山主峰海拔多少米？").text, reading.ask("镇海楼始建于哪一年？").text
        ('382米', '1380年')
        """
        texts = checked_passages(passages)
        return Reading(texts, self.encoded(list(portions.cut(texts))))

    def encoded(self, stretches: Sequence[Stretch], characters: int | None = None) -> EncodedStretches:
        """Read stretches, as they are, once; see `read`.

        Args:
            stretches: to be read.
            characters: of all that is read, if these are a part of it; NumPy reads a little, Keras more.
        """
        if characters is None:
            characters = sum(len(stretch.text) for stretch in stretches)
        scores = self._scores(characters)
        batches = tuple(scores.encode([self.encode(stretch.text) for stretch in stretches]))
        return EncodedStretches(tuple(stretches), batches, scores, self.encode, self.judgement)

    def __call__(self, question: str, passages: Iterable[str], *, precision: float | None = None) -> Answer:
        """Answer one question; see `Reading.ask`.

        Memory does not grow with the passages: they are read in portions.
        """
        texts = checked_passages(passages)
        if sum(map(len, texts)) <= portions.PORTION:
            return self.read(texts).ask(question, precision=precision)
        threshold = self.judgement.threshold_for(precision)
        outcome = portions.outcome_of(self, checked_question(question), texts)
        return make_answer(outcome, texts, self.judgement, threshold)

    def scores(
        self, questions: Sequence[str], passages: Sequence[str], asked: Sequence[int]
    ) -> list[np.ndarray | None]:
        """Give the raw scores of questions, each asked of one passage.

        Args:
            questions: any texts.
            passages: any texts, read once, and as a whole.
            asked: for each question, the number of its passage.

        Returns:
            For each question `(characters of the passage, 5)`, see `maskplay.models.ReaderNetwork`; None where the
            passage or the question holds nothing that can be read.
        """
        whole = [Stretch(number, 0, text) for number, text in enumerate(checked_passages(passages))]
        found = self.encoded(whole).scores(questions, [[number] for number in asked])
        return [one.get(number) for one, number in zip(found, asked, strict=True)]

    def stream(self, question: str, chunks: Iterable[str]) -> Iterator[Stream]:
        """Read a text of any length for one question, in constant memory.

        Args:
            question: any text.
            chunks: the text in strings of any size, such as lines of a file.

        Yields:
            The stream after each portion of some 65,000 characters: `stream.answer(threshold)` is the answer so
            far, `stream.characters` how far that is.

        >>> text = ["越秀山在广州。镇海楼", "始建于13", "80年。"]
        >>> *_, last = Reader.load().stream("镇海楼始建于哪一年？", text)
        >>> last.answer(threshold=0).text
        '1380年'
        """

        def encoded(portion: Sequence[Stretch]) -> EncodedStretches:
            return self.encoded(portion, characters=portion[-1].offset + len(portion[-1].text))

        return Stream(encoded, self.judgement, checked_question(question)).read(chunks)

    def batch(
        self,
        examples: Iterable[Example],
        *,
        threshold: float | None = None,
        precision: float | None = None,
        tell: Callable[[int], object] = lambda done: None,
    ) -> list[Answer]:
        """Answer the questions of many examples, each from its own passages; equal passages are read once.

        Args:
            examples: what `maskplay.datasets.load` gives.
            threshold: the probability that an answer must reach; None for the reader's own, 0 to always answer.
            precision: instead of a threshold: that of this precision, see `Reading.ask`.
            tell: is called with the number of examples done, after every portion.

        Returns:
            One answer each, whose evidence numbers the passages as the example does.

        Raises:
            ValueError: if both a threshold and a precision are given, the threshold is not from 0 to 1, or no
                threshold reaches the precision.
        """
        asked = checked_examples(examples)
        reached = self._reached(threshold, precision)
        return [
            make_answer(outcome, [passage.text for passage in example.passages], self.judgement, reached)
            for example, outcome in zip(asked, outcomes(self, asked, tell=tell), strict=True)
        ]

    def _reached(self, threshold: float | None, precision: float | None) -> float:
        """Find the probability that an answer must reach."""
        if threshold is None:
            return self.judgement.threshold_for(precision)
        if precision is not None:
            raise ValueError(
                "threshold and precision both say which answers are given: pass one of them. "
                f"Received: threshold={threshold!r}, precision={precision!r}"
            )
        if not isinstance(threshold, Real) or not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be a number from 0 to 1. Received: {threshold!r}")
        return threshold

    def evaluate(self, examples: Iterable[Example], metric: str | None = None) -> "Evaluation":
        """Answer examples and score the answers by a benchmark's own rules.

        A question is left without an answer only where the benchmark has such questions (SQuAD 2.0, WebQA).

        Args:
            examples: questions with answers, such as `maskplay.datasets.load` gives.
            metric: a name of `maskplay.metrics`; None for the dataset's own, or "cmrc".
        """
        from maskplay import metrics

        asked = checked_examples(examples)
        name = str(metric or getattr(examples, "metric", "cmrc"))
        answers = self.batch(asked, threshold=None if metrics.get(name).answerless else 0.0)
        predictions = {example.id: answer.text for example, answer in zip(asked, answers, strict=True)}
        return metrics.evaluate(asked, predictions, name)

    def calibrate(self, examples: Iterable[Example], metric: str | None = None, *, seed: int = 0) -> None:
        """Learn from questions of your own how far to trust the answers, and when to give none.

        A few hundred will do. The questions are asked of their own passages, of them among others, and of others alone.

        Args:
            examples: questions with answers that trained nothing.
            metric: whose exact match is the measure of being right; None for the dataset's own, or "cmrc".
            seed: of the choice of other passages.

        Raises:
            ValueError: if no question has an answer.

        Warns:
            RoughCalibration: if fewer than 30 questions have an answer.
        """
        asked = checked_examples(examples)
        if not any(example.answers for example in asked):
            raise ValueError(
                f"A question with an answer is needed to calibrate. Received: {len(asked)} without."
            )
        name = metric or str(getattr(examples, "metric", "cmrc"))
        warn_of_few(asked)
        self.judgement = calibrated(self, asked, name, seed)

    @classmethod
    def fit(
        cls,
        examples: Iterable[Example],
        folder: str | PathLike[str],
        *,
        validation: Iterable[Example] | None = None,
        metric: str | None = None,
        network: str = "aligned",
        vectors: "WordVectors | None" = None,
        options: "TrainingOptions | None" = None,
        tell: "Callable[[Progress], None]" = lambda progress: None,
        note: Callable[[dict[str, float]], None] = lambda scores: None,
        teachers: "Sequence[Reader]" = (),
        heard: Callable[[int, int], object] = lambda done, total: None,
        start: "Reader | None" = None,
    ) -> "Reader":
        """Train a reader; called again with the same folder after a kill, it goes on where it was.

        Args:
            examples: to train on, such as `maskplay.datasets.load` gives.
            folder: the reader is written here; checkpoints and history go to a folder beside it, "<name>.training".
            validation: to choose the best epoch and to calibrate; None to hold out the questions of 4 % of the
                passages.
            metric: what validates, a name of `maskplay.metrics`; None for that of the validation data, or of the
                examples.
            network: "aligned", or "dgcnn" (the posts' configuration).
            vectors: word vectors; None to train them on the passages of `examples`.
            options: of the training.
            tell: is called after each step.
            note: is called after each epoch with its "epoch", "step", "loss" and scores.
            teachers: readers, also of checkpoints, from whose opinions of the same questions is learned too: a
                large and slow reader, or several, make a small one better.
            heard: is called with how many of how many questions the teachers were asked.
            start: the reader whose weights, characters and words training starts from, such as the bundled one for
                questions of your own; `network` does not count then. None for fresh ones. A few epochs with a third
                of the learning rate are enough.

        Raises:
            ValueError: if there is nothing to train on or to validate on, a name is unknown, or the folder holds a run
                of another kind.
            FileExistsError: if there is something else where the reader is to be written.
            TypeError: if examples are none, or the folder is no path.

        Warns:
            RoughCalibration: if fewer than 30 questions to validate on have an answer.
        """
        from maskplay.reading.fitting import fit

        return fit(
            examples,
            checked_place(folder),
            validation=validation,
            metric=metric,
            network=network,
            vectors=vectors,
            options=options,
            tell=tell,
            note=note,
            teachers=teachers,
            heard=heard,
            start=start,
        )

    def outcomes(self, examples: Iterable[Example]) -> list[Outcome]:
        """Let the passages of each example vote on its question; see `batch` and `maskplay.decoding.vote`."""
        return outcomes(self, checked_examples(examples))

    def weights(self) -> Mapping[str, np.ndarray]:
        """Give the trained weights by name; the word vectors, which are frozen, are not among them."""
        if "network" in vars(self) or self._weights is None:
            return {v.path: np.asarray(v) for v in self.network.trainer.trainable_variables}
        return self._weights
