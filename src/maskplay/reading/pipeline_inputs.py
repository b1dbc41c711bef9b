"""What the old question-answering pipeline could be called with."""

import types
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

_NO_EFFECT = {
    "doc_stride": "a context of any length is read whole",
    "max_seq_len": "a context of any length is read whole",
    "max_question_len": "a question is read whole, up to its 512th character",
    "padding": "padding never changes a result",
    "batch_size": "batches are filled by length",
    "num_workers": "batches are filled by length",
}
_WHOLE = "an answer never cuts a number or a word of an alphabet, and Chinese has no blanks to align to"


class Asked(NamedTuple):
    """One question and the text to answer it from."""

    question: str
    context: str


def asked_of(args: tuple[Any, ...], inputs: Mapping[str, Any]) -> list[Asked] | Iterator[Asked]:
    """Understand the arguments of a call.

    Args:
        args: the positional ones.
        inputs: those of the named ones that say what is asked: question and context, or data, or X.

    Returns:
        A list, or for a generator an iterator that asks it for more only when it must.

    >>> asked_of((), {"question": ["多高？", "在哪？"], "context": "高382米。"})[1]
    Asked(question='在哪？', context='高382米。')
    """
    given = _given(args, inputs)
    if isinstance(given, types.GeneratorType):
        return map(_asked, given)
    if isinstance(given, Mapping | Asked) or hasattr(given, "question_text"):
        return [_asked(given)]
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise ValueError(
            "What is asked must be question=..., context=..., or dictionaries {'question': ..., 'context': ...}. "
            f"Received: {given!r:.80}"
        )
    return [_asked(one) for one in given]


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Check settings of the pipeline, and warn of those that have no effect; None stands for not given.

    Raises:
        TypeError: if one is unknown.
        ValueError: if one is out of range.
    """
    known = dict(settings)
    top_k, topk = known.pop("top_k", None), known.pop("topk", None)
    checked = {
        "top_k": _positive("top_k", topk if top_k is None else top_k),
        "max_answer_len": _positive("max_answer_len", known.pop("max_answer_len", None)),
        "handle_impossible_answer": known.pop("handle_impossible_answer", None),
    }
    for name, reason in {**_NO_EFFECT, "align_to_words": _WHOLE}.items():
        value = known.pop(name, None)
        if value is not None and not (name == "align_to_words" and value):
            warnings.warn(f"{name} has no effect: {reason}.", stacklevel=3)
    if known:
        raise TypeError(f"The pipeline has no setting called {', '.join(sorted(known))}.")
    return {name: value for name, value in checked.items() if value is not None}


def one_or_all(found: Any) -> Any:
    """Give the only one, or the list of several: so the old pipeline did.

    >>> one_or_all([5]), one_or_all([5, 6])
    (5, [5, 6])
    """
    return found[0] if len(found) == 1 else found


def _given(args: tuple[Any, ...], inputs: Mapping[str, Any]) -> Any:
    if args:
        if len(args) == 2 and all(isinstance(one, str) for one in args):
            return {"question": args[0], "context": args[1]}
        return args[0] if len(args) == 1 else list(args)
    for name in ("X", "data"):
        if name in inputs:
            return inputs[name]
    if "question" in inputs and "context" in inputs:
        return _paired(inputs["question"], inputs["context"])
    raise ValueError(
        f"The pipeline needs question=... and context=.... Received: {', '.join(inputs) or 'nothing'}"
    )


def _paired(question: Any, context: Any) -> Any:
    if not isinstance(question, list):
        return {"question": question, "context": context}
    contexts = context if isinstance(context, list) else [context] * len(question)
    if len(question) != len(contexts):
        raise ValueError(
            "Questions and contexts must be equally many, or one context for all. "
            f"Received: {len(question)} questions and {len(contexts)} contexts."
        )
    return [{"question": q, "context": c} for q, c in zip(question, contexts, strict=True)]


def _asked(one: Any) -> Asked:
    if hasattr(one, "question_text") and hasattr(one, "context_text"):  # SquadExample
        one = {"question": one.question_text, "context": one.context_text}
    if isinstance(one, Asked):
        one = one._asdict()
    if not isinstance(one, Mapping):
        raise ValueError(
            "Each input must be a dictionary {'question': ..., 'context': ...} or a SquadExample. "
            f"Received: {one!r:.80}"
        )
    for name in ("question", "context"):
        if name not in one:
            raise KeyError(
                f"You need to provide a dictionary with keys question and context; {name} is missing."
            )
        if not isinstance(one[name], str):
            raise TypeError(f"`{name}` must be a string. Received: {one[name]!r:.80}")
        if not one[name].strip():
            raise ValueError(f"`{name}` cannot be empty. Received: {one[name]!r:.80}")
    return Asked(one["question"], one["context"])


def _positive(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number. Received: {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be at least 1. Received: {value}")
    return value
