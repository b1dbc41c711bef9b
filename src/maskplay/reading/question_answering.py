"""Question answering with the call and the results of the pipeline that transformers 5.3 removed."""

import warnings
from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any

from maskplay.datasets import Example, Passage
from maskplay.reading.answer import Answer
from maskplay.reading.make_answer import make_answer
from maskplay.reading.many import outcomes
from maskplay.reading.pipeline_inputs import Asked, asked_of, checked_settings, one_or_all
from maskplay.reading.reader import Reader

_TASKS = ("question-answering",)
_NO_EFFECT = (
    *("config", "tokenizer", "framework", "revision", "use_fast", "token", "device", "device_map", "dtype"),
    *("torch_dtype", "trust_remote_code", "model_kwargs", "batch_size", "num_workers"),
)
"""Arguments of the old `pipeline` that a reader has no use for."""

Found = dict[str, Any]


def pipeline(
    task: str | None = None, model: "str | PathLike[str] | Reader | None" = None, **settings: Any
) -> "QuestionAnsweringPipeline":
    """Make what `transformers.pipeline("question-answering")` made until transformers 5.3 removed it.

    Args:
        task: "question-answering"; None means it too, since there is no other.
        model: a reader, the folder of one, or a question-answering checkpoint (see `Reader.load`); None for the
            bundled reader.
        settings: defaults for each call, see `QuestionAnsweringPipeline`. What only a transformers model needs
            (`tokenizer`, `framework`, ...) is accepted with a warning; `device` without one where it means the CPU.

    Raises:
        KeyError: if the task is another one.
        FileNotFoundError: if there is no reader at `model`.
        TypeError: if an argument is unknown.

    >>> answerer = pipeline("question-answering")
    >>> found = answerer(question="五羊石像建于哪一年？", context="越秀山上的五羊石像建于1960年，是广州的标志。")
    >>> found["answer"], found["start"], found["end"]
    ('1960年', 11, 16)
    """
    if task is not None and task not in _TASKS:
        raise KeyError(f"Unknown task {task}, available tasks are {list(_TASKS)}")
    unused = [name for name in _NO_EFFECT if not _is_default(name, settings.pop(name, None))]
    if unused:
        warnings.warn(
            f"{', '.join(unused)} has no effect: a maskplay reader brings all that it needs.", stacklevel=2
        )
    return QuestionAnsweringPipeline(_reader(model), **settings)


class QuestionAnsweringPipeline:
    """Answers questions from contexts, each on its own.

    Differences to the original: scores are calibrated probabilities; a context of any length is read whole; an answer
    has no largest length but the one learned from training data, unless `max_answer_len` gives one (in characters).

    Args:
        reader: what answers.
        settings: defaults for each call: `top_k` (how many answers at most), `handle_impossible_answer` (whether "no
            answer" is among them), `max_answer_len` (in characters), and, with a warning since they have no effect,
            `doc_stride`, `max_seq_len`, `max_question_len`, `padding`, `batch_size`, `num_workers`, `align_to_words`.

    Attributes:
        reader: what answers.
        task: "question-answering".
    """

    task = "question-answering"

    def __init__(self, reader: Reader, **settings: Any) -> None:
        self.reader = reader
        self._settings = checked_settings(settings)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer one question or many.

        Args:
            args: dictionaries or `SquadExample`s, a list or a generator of them; or question and context.
            kwargs: `question` and `context` (strings or lists; one context may serve many questions), or `data` (what
                `args` may be), and settings.

        Returns:
            For one question `{"score", "start", "end", "answer"}`, where `context[start:end] == answer`; a list of
            them, the best first, where `top_k` allows several and there are several. For several questions a list
            of that, for a generator an iterator over it.

            The score is the probability that the answer is right; what it leaves is shared by the answers behind the
            first, in proportion to their support. With `handle_impossible_answer` the answer "" at 0, 0 competes:
            its score is the probability that the best answer is wrong, limited so that it comes first exactly where
            the reader by itself would give no answer.

        Raises:
            KeyError: if a dictionary lacks `question` or `context`.
            ValueError: if one of them is empty, or arguments do not fit together.
            TypeError: if one of them is not a string, or a setting is unknown.
        """
        inputs: dict[str, Any] = {
            name: kwargs.pop(name) for name in ("question", "context", "data", "X") if name in kwargs
        }
        settings = {**self._settings, **checked_settings(kwargs)}
        asked = asked_of(args, inputs)
        if isinstance(asked, Iterator):
            return (self._answer([one], settings)[0] for one in asked)
        return one_or_all(self._answer(asked, settings))

    @staticmethod
    def create_sample(question: str | list[str], context: str | list[str]) -> Asked | list[Asked]:
        """Put question and context together, as a call takes them.

        >>> QuestionAnsweringPipeline.create_sample("多高？", "高382米。")
        Asked(question='多高？', context='高382米。')
        """
        return one_or_all(asked_of((), {"question": question, "context": context}))

    def _answer(self, asked: Sequence[Asked], settings: dict[str, Any]) -> list[Found | list[Found]]:
        judgement = self.reader.judgement
        examples = [Example(str(i), one.question, (Passage(one.context),)) for i, one in enumerate(asked)]
        voted = outcomes(self.reader, examples, longest=settings.get("max_answer_len"))
        answers = [
            make_answer(outcome, [one.context], judgement, judgement.threshold)
            for one, outcome in zip(asked, voted, strict=True)
        ]
        return [
            _results(answer, settings.get("top_k", 1), settings.get("handle_impossible_answer", False))
            for answer in answers
        ]


def _is_default(name: str, value: Any) -> bool:
    """Tell whether an argument asks for nothing: it is None, or the CPU (-1, "cpu", torch's own), the old default."""
    return value is None or (name == "device" and str(value) in ("-1", "cpu"))


def _reader(model: "str | PathLike[str] | Reader | None") -> Reader:
    if isinstance(model, Reader):
        return model
    try:
        return Reader.load(model)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{error} A model must be a folder that `Reader.save` or `maskplay read train` wrote, a checkpoint of the "
            "BERT family (its folder, or its name on the hub), or None for the bundled reader."
        ) from None


def _results(answer: Answer, top_k: int, may_be_impossible: bool) -> Found | list[Found]:
    found: list[Found] = []
    spans = [candidate.evidence[0] for candidate in answer.candidates]
    total = sum(span.score for span in spans) or 1.0
    for span in spans[:top_k]:
        # What the first leaves is shared in proportion to the support, so that all scores together are at most 1.
        score = min(found[-1]["score"], (1 - answer.score) * span.score / total) if found else answer.score
        found.append(_found(score, span.start, span.end, span.text))
    if may_be_impossible:
        found.append(_found(_impossible(answer), 0, 0, ""))
        found = sorted(found, key=lambda one: -one["score"])[:top_k]
    elif not found:
        found.append(_found(0.0, 0, 0, ""))
    return found[0] if len(found) == 1 else found


def _found(score: float, start: int, end: int, answer: str) -> Found:
    return {"score": score, "start": start, "end": end, "answer": answer}


def _impossible(answer: Answer) -> float:
    """Score "no answer", so that it comes first exactly where there is none."""
    if answer.score < answer.threshold:
        return max(answer.threshold, 1 - answer.score)
    return min(answer.threshold, 1 - answer.score)
