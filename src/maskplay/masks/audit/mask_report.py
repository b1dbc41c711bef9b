"""What each layer of a model does with the mask."""

from typing import Any

import keras
import numpy as np

from maskplay.masks.audit._change import epsilon_of, tolerance_of
from maskplay.masks.audit._leaves import Leaves, Name
from maskplay.masks.audit._padded import Padded, Variant, fixed_length, side_of
from maskplay.masks.audit._report_lines import Lines, Run
from maskplay.masks.audit._runner import Runner
from maskplay.masks.audit._sequence import aligned, find_sequence
from maskplay.masks.audit.example_inputs import example_inputs
from maskplay.masks.audit.layer_mask import LayerMask
from maskplay.masks.audit.mask_report_table import MaskReport

_MORE = 5  # positions of padding


def mask_report(
    model: keras.Model,
    inputs: Any = None,
    *,
    mask_input: Name | None = None,
    pad_id: int | None = 0,
    padding_mask: Any = None,
) -> MaskReport:
    """Say of each layer of a model whether it uses, forwards, drops or ignores the mask.

    The model is run, layer by layer, on a few rows; and again with more padding, and with other content of it where
    that is free. A layer at which what is kept changes, although nothing that is kept changed before it, lets padding
    in. So nothing rests on a table of known layers: functional, sequential and subclassed models are seen alike, with
    their operations, and with what is lost between layers. Layers of one's own are opened where they let padding in.

    Args:
        model: A Keras model of any kind.
        inputs: What it takes, a few rows of different lengths, one without padding; None makes some, if the model
            tells what it takes.
        mask_input: As for `check_padding`, like all that follows.
        pad_id: See there.
        padding_mask: See there.

    Returns:
        A `MaskReport`, a line for each call of a layer.

    Raises:
        TypeError: `model` is no Keras model, or an input is no number.
        ValueError: The model does not tell its inputs and none are given; or a mask does not fit.

    >>> model = keras.Sequential([
    ...     keras.Input((None,), dtype="int32"),
    ...     keras.layers.Embedding(11, 4, mask_zero=True),
    ...     keras.layers.GroupNormalization(2),
    ...     keras.layers.GlobalAveragePooling1D(),
    ... ])
    >>> [(layer.kind, layer.verdict) for layer in mask_report(model).layers]
    [('Embedding', 'creates'), ('GroupNormalization', 'ignores'), ('GlobalAveragePooling1D', 'uses')]
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"mask_report needs a Keras model. Received: {type(model).__name__}")
    if inputs is None:
        inputs = example_inputs(model, padded=True)
    leaves = Leaves.of_inputs(model, inputs)
    Runner(model, leaves)  # builds what is not built
    sequence = find_sequence(model, leaves, mask_input=mask_input, pad_id=pad_id, padding_mask=padding_mask)
    padded = Padded(sequence, aligned(leaves, sequence), side_of(sequence.kept))
    base = Run(model, leaves, Variant("", leaves.arrays, sequence.kept, tuple(range(len(sequence.kept)))))
    others = [Run(model, leaves, variant) for variant in _variants(model, padded)] if sequence.known else []
    others = [run for run in others if run.matches(base)]
    reader = Lines(base, others, tolerance_of(None, epsilon_of(model, ()), times=10))
    layers = tuple(reader.lines())
    outputs = {name: tensor.mask is not None for name, tensor in zip(base.names, base.given, strict=True)}
    tried = tuple(run.variant.because for run in others)
    return MaskReport(
        model.name, layers, outputs, tried, tuple(_notes(base, sequence.known, tried, outputs, layers))
    )


def _variants(model: Any, padded: Padded) -> list[Variant]:
    content = padded.other_content(0, np.random.default_rng(0))
    variants = [] if content is None else [content]
    if padded.side is not None and not fixed_length(model, padded.sequence):
        variants.append(padded.longer(_MORE))
        lengths = padded.sequence.kept.sum(axis=1)
        shortest = int(np.where(lengths > 0, lengths, padded.sequence.length).argmin())
        if len({len(x) for x in padded.sequence.leaves.arrays}) == 1:
            variants.append(padded.alone(shortest))
    return variants


def _notes(
    base: Run, known: bool, tried: tuple[str, ...], outputs: dict[str, bool], layers: tuple[LayerMask, ...]
) -> list[str]:
    notes = []
    if not known:
        notes.append(
            "Nothing tells this model what padding is: no ids, no mask among its inputs, no Masking."
        )
    elif not tried:
        notes.append("The model takes one length only: where padding gets in could not be tried.")
    masked = any(layer.mask_in or layer.mask_out for layer in layers)
    for (name, carries), tensor in zip(outputs.items(), base.given, strict=True):
        shape = None if tensor.value is None else tensor.value.shape[:2]
        if masked and not carries and shape == base.variant.kept.shape:
            lost = f" ({tensor.lost})" if tensor.lost else ""
            notes.append(
                f"Output {name!r} has positions and carries no mask{lost}: a loss counts its padding, unless sample "
                "weights leave it out."
            )
    return notes
