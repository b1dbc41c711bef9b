"""Does padding change what a model says of the rest?"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from maskplay._number import checked_number
from maskplay.masks.audit._change import epsilon_of, tolerance_of
from maskplay.masks.audit._leaves import Leaves, Name
from maskplay.masks.audit._outputs import refuse_nan
from maskplay.masks.audit._padded import Padded, Variant, fixed_length, side_of
from maskplay.masks.audit._runner import Runner
from maskplay.masks.audit._said import Said, compare
from maskplay.masks.audit._sequence import SequenceInput, aligned, find_sequence
from maskplay.masks.audit.example_inputs import example_inputs
from maskplay.masks.audit.padding_error import PaddingChange, PaddingError
from maskplay.masks.audit.padding_proof import PaddingProof

_SHOWN = 8  # changes that the message spells out
_NOTHING = (
    "There is no padding that could be changed: the model takes one length only, and the inputs hold no padding whose "
    "content is free."
)
_QUOTED = 300  # characters of a model's own error
_COLOUR = re.compile(r"\x1b\[[\d;]*m")  # Keras prints errors in bold


def check_padding(
    model: Any,
    inputs: Any = None,
    *,
    input: Name | Sequence[Name] | None = None,
    output: Name | Sequence[Name] | None = None,
    mask_input: Name | None = None,
    pad_id: int | None = 0,
    padding_mask: Any = None,
    kept: Any = None,
    amounts: Sequence[int] = (1, 5),
    draws: int = 2,
    tolerance: float | None = None,
    seed: int = 0,
) -> PaddingProof:
    """Check that neither the content nor the amount of padding changes what a model says of the rest.

    The model is called on the inputs as they are, and again

    * with other content at the padding, in every input that goes with the sequence and does not itself say what
      padding is (word ids beside character ids; everything, where a mask is an input of its own),
    * with more padding, where the model takes sequences of any length,
    * on its most padded row alone, without padding.

    Outputs with positions are compared where something is kept, pooled ones everywhere. Another length that the model
    refuses (its table of positions is full, say) is left out, and the proof quotes the model's error.

    Args:
        model: A Keras model of any kind, called as `predict` calls it; or a function from inputs to outputs.
        inputs: What the model takes: an array `(batch, length)` or `(batch, length, dim)`, or a dict or list of
            such. Rows of different lengths show most; one without padding should be among them. None makes some, if
            the model tells what it takes.
        input: Name or number of the sequence, and of the inputs that go with it position by position. None takes the
            first that looks like a sequence, and all of its batch and length.
        output: Name or number of the output, or of several; None takes all.
        mask_input: Name or number of the input that is a mask, if it is neither boolean nor called "...mask".
        pad_id: The id of padding, where the sequence is of ids. None: ids do not tell.
        padding_mask: Boolean `(batch, length)`, True = keep, where neither ids, nor a mask among the inputs, nor a
            Masking layer tells.
        kept: Boolean `(rows, positions)`, True where the outputs count, if that is not where the inputs do.
        amounts: By how many positions to pad more, 1 at least each; `()` tries no other length.
        draws: How often to try other content.
        tolerance: The relative change that counts: of a value, over its own size plus the lower quartile of the sizes
            of the output's values. None takes 1e-4, for other lengths are summed in another order; or 8 units in the
            last place of the coarsest type that the model computes in.
        seed: Of what is put in.

    Returns:
        A `PaddingProof`: what was tried, what the model refused, and the largest change.

    Raises:
        PaddingError: Padding changes something; the message says what, where and how much.
        TypeError: An input is no number, a mask is not boolean, or amounts are no whole numbers.
        ValueError: Nothing tells what padding is, a mask does not fit, an amount is below 1, outputs are NaN, the
            model is random, or there is nothing to try or to compare.

    >>> import keras, numpy as np
    >>> ids = np.array([[3, 1, 4, 1, 5], [2, 7, 0, 0, 0]])
    >>> embed = keras.layers.Embedding(9, 4, mask_zero=True)
    >>> mean = keras.Sequential([embed, keras.layers.GlobalAveragePooling1D()])
    >>> check_padding(mean, ids).tried[0]
    'With 1 more position of padding on the right'
    >>> check_padding(keras.Sequential([embed, keras.layers.GlobalMaxPooling1D()]), ids)
    Traceback (most recent call last):
    maskplay.masks.audit.padding_error.PaddingError: Padding changes what the model says of the rest. ...
    """
    amounts = _amounts(amounts)
    if inputs is None:
        inputs = example_inputs(model, padded=True)
    leaves = Leaves.of_inputs(model, inputs)
    sequence = find_sequence(
        model, leaves, input=input, mask_input=mask_input, pad_id=pad_id, padding_mask=padding_mask
    )
    padded = _padded(sequence, input)
    run = Runner(model, leaves)
    counts = [] if kept is None else [_checked_kept(kept)]
    before = Said(run, Variant("", leaves.arrays, sequence.kept, tuple(range(len(sequence.kept)))), counts)
    if counts and before.kept is not counts[0]:
        raise ValueError(
            f"kept must have the shape (rows, positions) of an output. Received: {counts[0].shape} for outputs of "
            f"shapes {before.outputs.shapes()}"
        )
    if counts and not counts[0].any():
        raise ValueError("kept must be True where the outputs count. Received: False everywhere")
    if not before.kept.any():
        raise ValueError(
            f"Something must be kept, or nothing can be compared. Received: "
            f"{sequence.leaves.names[sequence.members[0]]!r} is all padding. Pass inputs that hold more, or name the "
            "sequence, input=."
        )
    chosen = _chosen(before.outputs, output)
    refuse_nan(before.outputs, before.kept, "for the inputs as they are")
    limit = tolerance_of(tolerance, epsilon_of(model, ()), times=10)
    changes, tried, refused, largest = [], [], [], 0.0
    for variant in _variants(model, padded, amounts, draws, seed):
        if len(variant.rows) < len(sequence.kept) and not _row_by_row(before, chosen):
            continue
        after = _said(run, variant, [_extended(mask, padded, variant) for mask in counts] + counts, padded)
        if isinstance(after, str):
            refused.append(after)
            continue
        tried.append(variant.because)
        for index in chosen:
            change, size = compare(before, after, variant, index, limit)
            largest = max(largest, size)
            changes += [change] if change else []
    if not tried:
        raise ValueError("\n".join([_NOTHING, *refused]))
    if changes:
        raise PaddingError("\n".join([_message(changes, limit), *refused]), tuple(changes))
    return PaddingProof(tuple(dict.fromkeys(tried)), largest, limit, run.calls, tuple(refused))


def _amounts(amounts: Any) -> tuple[int, ...]:
    if not isinstance(amounts, Iterable):
        raise TypeError(f"amounts must be several: pass [amount] for one. Received: {amounts!r:.60}")
    return tuple(checked_number("amounts", amount, int, 1) for amount in amounts)


def _padded(sequence: SequenceInput, input: Any) -> Padded:
    if not sequence.known:
        raise ValueError(
            f"Nothing tells where the padding of {sequence.leaves.names[sequence.members[0]]!r} is: it holds no ids "
            "with pad_id, no input is a mask, and there is no Masking layer. Name the input that is a mask, "
            "mask_input=, or pass padding_mask=."
        )
    members = sequence.members if isinstance(input, list | tuple) else aligned(sequence.leaves, sequence)
    return Padded(sequence, members, side_of(sequence.kept))


def _variants(model: Any, padded: Padded, amounts: Sequence[int], draws: int, seed: int) -> Iterator[Variant]:
    rng = np.random.default_rng(seed)
    for draw in range(draws):
        variant = padded.other_content(draw, rng)
        if variant is not None:
            yield variant
    if padded.side is None or fixed_length(model, padded.sequence):
        return
    for amount in amounts:
        yield padded.longer(amount)
    lengths = padded.sequence.kept.sum(axis=1)
    short = np.where(lengths > 0, lengths, padded.sequence.length)
    one_batch = len({len(x) for x in padded.sequence.leaves.arrays}) == 1
    if amounts and one_batch and short.min() < padded.sequence.length:
        yield padded.alone(int(short.argmin()))


def _said(run: Runner, variant: Variant, kept: Sequence[np.ndarray], padded: Padded) -> Said | str:
    """What the model says of a variant; or how it refused one of another length."""
    try:
        return Said(run, variant, kept)
    except Exception as error:
        # Models have no common error for a length that they do not take, so the caller gets to read what it was.
        if variant.kept.shape[1] == padded.sequence.length:
            raise
        told = textwrap.shorten(_COLOUR.sub("", str(error)), _QUOTED)
        return f"Refused by the model: {variant.because} ({type(error).__name__}: {told})"


def _row_by_row(said: Said, chosen: list[int]) -> bool:
    """Whether the rows of the outputs are those of the inputs."""
    return all(len(said.outputs.arrays[i]) == len(said.variant.kept) for i in chosen)


def _chosen(outputs: Leaves, output: Any) -> list[int]:
    if output is None:
        return list(range(len(outputs.arrays)))
    names = [output] if isinstance(output, str | int) else list(output)
    return [outputs.index(name, "output") for name in names]


def _checked_kept(kept: Any) -> np.ndarray:
    kept = np.asarray(kept)
    if kept.dtype != bool or kept.ndim != 2:
        raise TypeError(
            f"kept must be boolean, (rows, positions). Received: {kept.dtype} of shape {kept.shape}"
        )
    return kept


def _extended(kept: np.ndarray, padded: Padded, variant: Variant) -> np.ndarray:
    """The caller's `kept` for a variant, if the positions of the output are those of the sequence."""
    length = padded.sequence.length
    if kept.shape[1] != length:
        return kept
    if len(variant.rows) < len(padded.sequence.kept):
        return kept[list(variant.rows)][:, padded.sequence.kept[variant.rows[0]]]
    more = variant.kept.shape[1] - length
    return np.pad(kept, ((0, 0), (0, more) if padded.side == "right" else (more, 0)))


def _message(changes: list[PaddingChange], limit: float) -> str:
    worst = sorted(changes, key=lambda change: -change.change)
    lines = [f"- {change}" for change in worst[:_SHOWN]]
    if len(worst) > _SHOWN:
        lines.append(f"- and {len(worst) - _SHOWN} more")
    head = (
        f"Padding changes what the model says of the rest. (A relative change of {limit:.1g} is tolerated.)"
    )
    return "\n".join([head, *lines])
