"""The writer: text in, text out, by one Transformer and the right mask."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from os import PathLike
from pathlib import Path
from typing import Any, overload

import numpy as np
from keras import ops

from maskplay._files import digest_of_folder
from maskplay._number import checked_number
from maskplay.decoding.generation import Texts
from maskplay.decoding.samplers import Greedy, Sampler
from maskplay.models.compiled import compiled
from maskplay.models.training_run import Progress
from maskplay.writing.batching import SourceBatch, capacity_for, source_batches
from maskplay.writing.check_rows import check_rows
from maskplay.writing.coder import Coder
from maskplay.writing.constraints import Constraints
from maskplay.writing.evaluation import Evaluation
from maskplay.writing.fresh_network import fresh_network
from maskplay.writing.generator import Generator
from maskplay.writing.objectives import Objective
from maskplay.writing.pair import Pair
from maskplay.writing.pair_list import pair_list
from maskplay.writing.request import Request
from maskplay.writing.source_ids import source_ids
from maskplay.writing.training import TrainingOptions
from maskplay.writing.training_batches import INPUTS
from maskplay.writing.training_model import mask_of, surprise, training_model
from maskplay.writing.written import Written

_ROWS = 16  # sources that are written for at the same time


class Writer:
    """Writes a text for a text (Scientific Spaces 6933): the source is read both ways once, the target token by token.

    Args:
        model: of `training_model`, or of `load_checkpoint` with the same inputs and mask.
        coder: makes tokens of strings.
        origin: identifies the files that its weights came from; "" for none.

    Raises:
        ValueError: The network has fewer tokens than the vocabulary, or says nothing of tokens.

    >>> writer = Writer.new(["春眠不覺曉，處處聞啼鳥。"], width=16, depth=1, heads=2, hidden=32)
    >>> len(writer("春眠不覺曉，", max_length=7)) <= 7
    True
    """

    def __init__(self, model: Any, coder: Coder, origin: str = "") -> None:
        self.model, self.coder, self.origin = model, coder, origin
        self.network = model.get_layer("transformer")
        check_rows(self.network.config, coder)
        self._generator = Generator(self.network, coder.end)
        self._constraints = Constraints(coder, self.network.config.vocabulary_size)

    @cached_property
    def surprise(self) -> Callable[..., Any]:
        """The program that gives the summed surprise of a batch's labels; see `training_model.surprise`."""
        return compiled(self.network, partial(surprise, self.network))

    # ---- where writers come from

    @classmethod
    def new(
        cls,
        texts: Iterable[str],
        *,
        at_least: int = 1,
        width: int = 256,
        depth: int = 6,
        heads: int | None = None,
        hidden: int | None = None,
        max_positions: int = 512,
        simplify: bool = False,
        **config: Any,
    ) -> "Writer":
        """Make a writer with fresh weights, whose tokens are characters.

        Args:
            texts: its characters are those of these.
            at_least: how often a character must occur to be known.
            width: channels.
            depth: blocks.
            heads: of the attention; default: one for each 64 channels.
            hidden: channels inside of the feed-forward networks; default: 4 times `width`.
            max_positions: the most tokens of source and target together, marks included.
            simplify: read and write Simplified Chinese; Traditional is read as Simplified.
            **config: other fields of `TransformerConfig`. By default normalization comes first (norm="pre") and
                positions are "rotary", which learn faster than BERT's, and attention's weights are not dropped.

        Raises:
            TypeError: A size is no whole number.
            ValueError: One is out of its range, or no character occurs so often.
        """
        from maskplay.writing.character_coder import CharacterCoder

        coder = CharacterCoder.of(texts, at_least, simplify)
        network = fresh_network(
            coder.size, width, heads, hidden, depth=depth, max_positions=max_positions, **config
        )
        return cls(training_model(network), coder)

    @classmethod
    def from_pretrained(
        cls,
        source: str | PathLike[str],
        keep_tokens: Iterable[str] | None = None,
        *,
        at_least: int = 1,
        revision: str | None = None,
    ) -> "Writer":
        """Make a writer of a BERT, ALBERT, ELECTRA, RoFormer or NEZHA checkpoint; it is to be trained on pairs then.

        Args:
            source: a folder, or a name on the Hugging Face hub; see `maskplay.models.load_checkpoint`.
            keep_tokens: texts; of the vocabulary only what they need is kept, see `maskplay.models.keep_tokens`.
            at_least: how often a token must occur in them.
            revision: of the hub.

        Raises:
            FileNotFoundError: The checkpoint is not there, or has no vocabulary.
            CheckpointError: It is damaged.
            TypeError: `keep_tokens` is one string: it must be a sequence of texts.
            ValueError: `at_least` is below 1.
        """
        from maskplay.models import keep_tokens as prune
        from maskplay.models import load_checkpoint
        from maskplay.models.checkpoints.source import local_folder
        from maskplay.text import SubwordTokenizer
        from maskplay.writing.subword_coder import SubwordCoder

        at_least = checked_number("at_least", at_least, int, 1)
        folder = local_folder(source, revision)
        if keep_tokens is not None:
            tokens = SubwordTokenizer.load(folder).tokens_in(keep_tokens, at_least)
            with tempfile.TemporaryDirectory() as pruned:
                prune(folder, pruned, tokens)
                return cls.from_pretrained(pruned)
        model = load_checkpoint(folder, "masked_lm", mask=mask_of, inputs=INPUTS, new_head=True)
        return cls(model, SubwordCoder.load(folder), digest_of_folder(folder))

    @classmethod
    def load(cls, folder: str | PathLike[str] | None = None) -> "Writer":
        """Load a writer.

        Args:
            folder: what `save` or `maskplay write train` wrote; None for the bundled writer.

        Raises:
            FileNotFoundError: The folder or one of its files is missing.
            ValueError: A file is damaged or belongs to another writer; the message names it.
        """
        from maskplay.writing import writer_files

        return writer_files.load(writer_files.bundled() if folder is None else Path(folder))

    def save(self, folder: str | PathLike[str], dtype: str = "float16") -> None:
        """Write the writer to a folder, whole or not at all.

        Args:
            folder: new, empty, or of another writer and nothing else.
            dtype: of the weights in the file, "float16" or "float32".

        Raises:
            FileExistsError: The folder holds something that is not a writer.
        """
        from maskplay.writing import writer_files

        writer_files.save(self, Path(folder), dtype)

    # ---- writing

    @overload
    def __call__(self, sources: str, **options: Any) -> str: ...

    @overload
    def __call__(self, sources: Sequence[str], **options: Any) -> list[str]: ...

    def __call__(self, sources: Any, **options: Any) -> Any:
        """Write the best text for a source, or for each of several; options as in `candidates`."""
        single = isinstance(sources, str)
        found = [best[0].text for best in self.candidates([sources] if single else sources, **options)]
        return found[0] if single else found

    def candidates(
        self,
        sources: Sequence[str],
        best: int = 1,
        *,
        beam: int | None = None,
        sampler: Sampler | None = None,
        max_length: int = 64,
        min_length: int = 0,
        length_penalty: float = 1.0,
        no_repeat: int = 0,
        allowed: Iterable[str] | None = None,
        seed: int = 0,
    ) -> list[list[Written]]:
        """Write several texts for each source, the best first.

        Args:
            sources: texts.
            best: how many for each.
            beam: width of beam search; None: a sampler.
            sampler: draws; see `maskplay.decoding.samplers`. With neither, the most probable token is taken each time.
            max_length: tokens that a text may have.
            min_length: tokens that it must have.
            length_penalty: of beam search: scores are log-probabilities over the length to this power.
            no_repeat: no run of so many tokens comes twice; 0: any may.
            allowed: the texts that may be written, as they are; None: any.
            seed: of a sampler. What is drawn for a source does not depend on the others.

        Returns:
            For each source at most `best` texts: fewer where there are no more.

        Raises:
            TypeError: An option is of another type.
            ValueError: An option, or a source, cannot be.
        """
        request = Request(
            best,
            beam,
            sampler,
            max_length,
            min_length,
            length_penalty,
            no_repeat,
            allowed,
            seed,
        )
        encoded = [self._source(text, request.max_length) for text in _texts(sources)]
        allowed_texts = self._constraints.allowed(request)
        text_of = self.coder.text if allowed_texts is None else allowed_texts.text
        found: list[list[Written]] = [[] for _ in encoded]
        for batch in source_batches(encoded, _ROWS, self.network.config.limit, request.seed):
            texts = self._generate(batch, request)
            for number, row in zip(batch.numbers, self._written(texts, text_of), strict=False):
                found[number] = row
        return found

    def stream(
        self,
        source: str,
        *,
        sampler: Sampler | None = None,
        max_length: int = 64,
        min_length: int = 0,
        no_repeat: int = 0,
        allowed: Iterable[str] | None = None,
        seed: int = 0,
    ) -> Iterator[str]:
        """Write a text token by token: gives what each adds, so that the pieces joined are the text.

        Arguments as in `candidates`; the text is the one that is written there. Of allowed texts all comes at once that
        those have in common which can still be written.
        """
        request = Request(
            sampler=sampler,
            max_length=max_length,
            min_length=min_length,
            no_repeat=no_repeat,
            allowed=allowed,
            seed=seed,
        )
        encoded = [self._source(text, request.max_length) for text in _texts([source])]
        (batch,) = source_batches(encoded, 1, self.network.config.limit, request.seed)
        allowed_texts = self._constraints.allowed(request)
        begun = self.coder.text if allowed_texts is None else allowed_texts.begun
        told = ""
        for texts in self._generator.stream(
            batch,
            sampler=sampler or Greedy(),
            max_length=request.max_length,
            capacity=capacity_for(request.max_length),
            constraints=self._constraints.of(request),
        ):
            text = self._written(texts, begun)[0][0].text
            if text.startswith(told) and text != told:
                yield text[len(told) :]
                told = text
        # That a text has ended is known behind its last token alone, where longer ones begin as it does.
        if allowed_texts is not None and (
            rest := self._written(texts, allowed_texts.text)[0][0].text[len(told) :]
        ):
            yield rest

    def _generate(self, batch: SourceBatch, request: Request) -> Texts:
        room: dict[str, Any] = {
            "max_length": request.max_length,
            "capacity": capacity_for(request.max_length),
            "constraints": self._constraints.of(request),
        }
        if request.beam is None:
            sampler = request.sampler or Greedy()
            return self._generator.draw(batch, sampler=sampler, width=request.best, **room)
        return self._generator.search(
            batch, width=request.beam, best=request.best, length_penalty=request.length_penalty, **room
        )

    def _source(self, text: str, max_length: int) -> np.ndarray:
        return source_ids(text, self.coder, max_length, self.network.config.limit)

    def _written(self, texts: Any, text_of: Callable[[np.ndarray], str]) -> list[list[Written]]:
        tokens, lengths, likely, scores = (ops.convert_to_numpy(x) for x in Texts(*texts))
        return [
            [
                Written(text_of(t[:n]), float(s), float(p), int(n))
                for t, n, p, s in zip(tokens[row], lengths[row], likely[row], scores[row], strict=True)
                if np.isfinite(p)
            ]
            for row in range(len(tokens))
        ]

    # ---- learning

    def fit(
        self,
        pairs: Iterable[Pair | tuple[str, str]],
        *,
        validation: Iterable[Pair | tuple[str, str]] | None = None,
        objective: Objective | None = None,
        options: TrainingOptions | None = None,
        folder: str | PathLike[str] | None = None,
        tell: Callable[[Progress], None] = lambda progress: None,
        note: Callable[[dict[str, float]], None] = lambda row: None,
    ) -> list[dict[str, float]]:
        """Train the writer; its weights change.

        Args:
            pairs: source and target each; a source of "" where there is only text, for pretraining.
            validation: chooses the best epoch, by its perplexity; None: the last epoch's weights stay.
            objective: what is learned; default: sequence to sequence. See `maskplay.writing.objectives`.
            options: how.
            folder: of the checkpoints. Called again with the same folder, data and options after a kill, training goes
                on where it was, with the result of a run that was never stopped; a writer that came from other files
                is refused, and so is a writer's own folder. None: none are kept.
            tell: is called after each step.
            note: is called with what is returned of an epoch, after each.

        Returns:
            Each epoch's "epoch", "step", "loss", and with `validation` "perplexity" and "score".

        Raises:
            TypeError: What is given are no pairs of texts.
            ValueError: There is nothing to learn from, or the folder holds a run of another kind, or a writer.
        """
        from maskplay.writing.fitting import fit

        return fit(self, pairs, validation, objective, options or TrainingOptions(), folder, tell, note)

    def perplexity(
        self,
        pairs: Iterable[Pair | tuple[str, str]],
        objective: Objective | None = None,
        *,
        length: int | None = None,
        rows: int = 16,
    ) -> float:
        """Give the perplexity of what an objective asks for: exp of the mean surprise of a token, the end's included.

        Args:
            pairs: held out.
            objective: default: sequence to sequence.
            length: positions of a row; longer pairs are left out. Default: 128, or as many as the network has.
            rows: of a batch.
        """
        from maskplay.writing.fitting import mean_surprise

        if length is None:
            length = min(128, self.network.config.limit or 128)
        return float(np.exp(mean_surprise(self, pairs, objective, length, rows)))

    def evaluate(self, pairs: Iterable[Pair | tuple[str, str]], **options: Any) -> Evaluation:
        """Write for the sources and compare with the targets; options as in `candidates`.

        Warns:
            PairsLeftOut: Some sources are blank, or too long for the network.
        """
        from maskplay.writing.evaluation import evaluate

        return evaluate(self, pair_list(pairs), options)


def _texts(sources: Any) -> Sequence[str]:
    if isinstance(sources, str):
        raise TypeError("sources must be a sequence of texts. Received: one text. Pass [text].")
    if not isinstance(sources, Iterable):
        raise TypeError(f"sources must be a text or a sequence of texts. Received: {sources!r:.60}")
    found = list(sources)
    for text in found:
        if not isinstance(text, str):
            raise TypeError(f"A source must be a text. Received: {type(text).__name__}")
    return found
