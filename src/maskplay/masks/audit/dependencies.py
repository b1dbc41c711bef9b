"""Which input position moves which output position, through a whole network."""

from collections.abc import Sequence
from typing import Any

from maskplay.masks.audit._change import epsilon_of, tolerance_of
from maskplay.masks.audit._jacobian import jacobian
from maskplay.masks.audit._leaves import Leaves, Name
from maskplay.masks.audit._perturb import perturb
from maskplay.masks.audit._runner import Runner
from maskplay.masks.audit._sequence import find_sequence
from maskplay.masks.audit.dependency_map import DependencyMap

METHODS = ("perturbation", "jacobian")


def dependencies(
    model: Any,
    inputs: Any,
    *,
    input: Name | Sequence[Name] | None = None,
    output: Name | None = None,
    mask_input: Name | None = None,
    pad_id: int | None = 0,
    vocabulary_size: int | None = None,
    method: str = "perturbation",
    draws: int = 3,
    tolerance: float | None = None,
    batch_size: int = 128,
    seed: int = 0,
) -> DependencyMap:
    """Find which input position really moves which output position, through the whole network.

    Nothing is assumed of the model; it is called. By perturbation, each kept position is replaced `draws` times by
    something else, and every output position that moves by more than `tolerance` depends on it. The changed copies
    are stacked: `(1 + draws * length) * batch / batch_size` calls, and two more that make sure that the model is no
    game of chance and that the rows of a batch do not touch each other. Where they do (an input that says which row
    to look up, a batch of another size), the batch is kept together, at a call for each position and draw.

    By Jacobian, derivatives are taken instead, with respect to the sequence if it is of floats, else to what Keras
    Embedding layers make of its ids. One backward pass for each row and draw. It sees less: a choice (`argmax`, a
    mask made from ids, a rectifier that is shut) has no derivative.

    Args:
        model: A Keras model of any kind, called as `predict` calls it; or a function from inputs to outputs (a
            layer; a model with some inputs filled in).
        inputs: What the model takes: an array `(batch, length)` or `(batch, length, dim)`, or a dict or list of
            such. A few rows are enough, and few positions; all ids should occur that may be put in others' places.
        input: Name or number of the input whose positions are asked about; several are changed together. None takes
            the first that looks like a sequence.
        output: Name or number of an output `(batch, length, ...)`; None takes all that have positions together.
        mask_input: Name or number of the input that is a mask, if it is neither boolean nor called "...mask".
        pad_id: The id of padding. Padding stays padding: its columns are False. None for an ordinary id.
        vocabulary_size: Ids to put in others' places are 0 to this, exclusive; None takes those that occur.
        method: "perturbation" or "jacobian".
        draws: How often each position is tried; what one misses (a maximum that stays) another may show.
        tolerance: The relative change that counts: of a value, over its own size plus the lower quartile of the sizes
            of the output's values. None takes 1e-5, or 8 units in the last place of the coarsest type that the model
            computes in.
        batch_size: Rows in a call.
        seed: Of what is put in.

    Returns:
        A `DependencyMap`: `.matrix` `(output length, input length)`, and how strong each is.

    Raises:
        TypeError: An input is no number, or a mask is not boolean.
        ValueError: There is no sequence among the inputs or outputs; outputs are NaN; the model is random.

    >>> import keras, numpy as np
    >>> x = np.random.default_rng(0).normal(size=(2, 5, 3))
    >>> print(dependencies(keras.layers.Conv1D(4, 2, padding="causal"), x).draw())
      01234
    0 ■····
    1 ■■···
    2 ·■■··
    3 ··■■·
    4 ···■■
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {METHODS}. Received: method={method!r}")
    if draws < 1 or batch_size < 1:
        raise ValueError(
            f"draws and batch_size must be 1 or more. Received: draws={draws}, batch_size={batch_size}"
        )
    leaves = Leaves.of_inputs(model, inputs)
    sequence = find_sequence(model, leaves, input=input, mask_input=mask_input, pad_id=pad_id)
    run = Runner(model, leaves)
    if method == "jacobian":
        found = jacobian(run, sequence, output=output, draws=draws, seed=seed)
    else:
        found = perturb(
            run,
            sequence,
            output=output,
            vocabulary_size=vocabulary_size,
            draws=draws,
            batch_size=batch_size,
            seed=seed,
        )
    epsilon = epsilon_of(model, ())
    return DependencyMap(
        rows=found.rows,
        kept=sequence.kept,
        tolerance=tolerance_of(tolerance, epsilon),
        noise=max(found.noise, 4 * epsilon),
        method=method,
        apart=found.apart,
        calls=run.calls,
    )
