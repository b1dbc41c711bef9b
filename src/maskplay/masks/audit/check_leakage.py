"""Does a network look where its attention mask says, and nowhere else?"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from maskplay.masks.audit._attention_mask import dense
from maskplay.masks.audit._drawing import LARGEST, draw
from maskplay.masks.audit._leaves import Name
from maskplay.masks.audit.dependencies import dependencies
from maskplay.masks.audit.dependency_map import DependencyMap
from maskplay.masks.audit.example_inputs import example_inputs
from maskplay.masks.audit.leakage_error import LeakageError, Pair
from maskplay.masks.audit.reach import reach

_SHOWN = 8  # pairs that the message spells out


def check_leakage(
    model: Any,
    mask: Any,
    inputs: Any = None,
    *,
    depth: int | None = None,
    residual: bool = True,
    unused: bool = True,
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
    """Check that output positions depend on the input positions that the mask allows, and on no others.

    The whole network is looked at, from input to output. So the mask must say what the whole network may see. Masks
    compose over layers: what two layers of a window see is a wider window. If `mask` is that of a single layer, state
    the number of layers, `depth`, and it is checked against `reach(mask, depth)`. For causal, prefix and packing masks
    that is the same mask.

    A forbidden position leaks if it moves the output by more than the tolerance. An allowed one is unused if it moves
    it by no more than rounding. In between nothing is claimed. Padding is not judged, as query or as key.

    Args:
        model: As for `dependencies`.
        mask: Boolean `(query, key)` or `(batch or 1, query, key)`, True where the query may look at the key; or an
            object whose `dense()` gives one.
        inputs: As for `dependencies`; None makes some of the mask's length, if the model tells what it takes.
        depth: The mask is that of each of so many layers; None: it is that of the network.
        residual: With `depth`: each layer's input is added to its output.
        unused: Whether an allowed position must have an influence.
        input: As for `dependencies`, like all that follows.
        output: See there.
        mask_input: See there.
        pad_id: See there.
        vocabulary_size: See there.
        method: See there.
        draws: See there.
        tolerance: See there.
        batch_size: See there.
        seed: See there.

    Returns:
        The dependencies that were found.

    Raises:
        LeakageError: A forbidden position has influence, or an allowed one has none.
        TypeError: The mask is not boolean, or an input is no number.
        ValueError: The mask does not fit the inputs or outputs; and whatever `dependencies` raises.

    >>> import keras, numpy as np
    >>> causal = np.tril(np.ones((5, 5), bool))
    >>> x = np.random.default_rng(0).normal(size=(2, 5, 3))
    >>> found = check_leakage(keras.layers.LSTM(4, return_sequences=True), causal, x)
    >>> check_leakage(keras.layers.Conv1D(4, 2, padding="same"), np.eye(5, dtype=bool), x)
    Traceback (most recent call last):
    maskplay.masks.audit.leakage_error.LeakageError: The network looks where its mask forbids it: ...
    """
    allowed = dense(mask) if depth is None else reach(mask, depth, residual=residual)
    if inputs is None:
        rows = len(allowed) if allowed.ndim == 3 and len(allowed) > 1 else 2
        inputs = example_inputs(model, allowed.shape[-1], rows=rows)
    found = dependencies(
        model,
        inputs,
        input=input,
        output=output,
        mask_input=mask_input,
        pad_id=pad_id,
        vocabulary_size=vocabulary_size,
        method=method,
        draws=draws,
        tolerance=tolerance,
        batch_size=batch_size,
        seed=seed,
    )
    _check_fit(allowed, found)
    of_each = allowed.ndim == 3 and len(allowed) > 1
    judged = _judged(found)
    leaks = _pairs(found, ~allowed & (found.rows > found.tolerance) & judged, of_each, strongest=True)
    blind = ~((found.rows > found.noise) & judged)
    if not of_each:  # one row that shows it is enough
        blind = blind.all(axis=0, keepdims=True) & judged.any(axis=0, keepdims=True)
    missing = _pairs(found, allowed & blind & (judged if of_each else True), of_each) if unused else ()
    if leaks or missing:
        raise LeakageError(_message(found, allowed, leaks, missing), leaks, missing, found)
    return found


def _check_fit(allowed: np.ndarray, found: DependencyMap) -> None:
    rows, queries, keys = found.rows.shape
    if allowed.shape[-2:] != (queries, keys):
        raise ValueError(
            f"The mask must have a row for each of {queries} output positions and a column for each of {keys} input "
            f"positions. Received: {allowed.shape}"
        )
    if allowed.ndim == 3 and len(allowed) not in (1, rows):
        raise ValueError(
            f"The mask must be for all rows alike, or for each of the {rows} rows of the batch. Received: a mask for "
            f"{len(allowed)} rows, of shape {allowed.shape}"
        )


def _judged(found: DependencyMap) -> np.ndarray:
    """Where neither the query nor the key is padding: `(rows, query, key)`."""
    kept = found.kept
    if len(kept) != len(found.rows):  # rows of the outputs are not those of the inputs
        kept = np.broadcast_to(kept.all(axis=0), (len(found.rows), kept.shape[1]))
    judged = np.broadcast_to(kept[:, None, :], found.rows.shape)
    return judged & kept[:, :, None] if found.rows.shape[1] == kept.shape[1] else judged


def _pairs(
    found: DependencyMap, where: np.ndarray, of_each: bool, strongest: bool = False
) -> tuple[Pair, ...]:
    if of_each:
        pairs = [
            Pair(int(q), int(k), float(found.rows[row, q, k]), int(row)) for row, q, k in np.argwhere(where)
        ]
    else:
        pairs = [Pair(int(q), int(k), float(found.strength[q, k])) for q, k in np.argwhere(where.any(axis=0))]
    return tuple(sorted(pairs, key=lambda pair: -pair.strength) if strongest else pairs)


def _message(
    found: DependencyMap, allowed: np.ndarray, leaks: tuple[Pair, ...], missing: tuple[Pair, ...]
) -> str:
    lines = []
    if leaks:
        lines.append(
            f"The network looks where its mask forbids it: {_count(leaks)} (query, key), strongest first: "
            f"{_listed(leaks)}. A change of the key moves the query by up to {leaks[0].strength:.2g} of its value; "
            f"{found.tolerance:.1g} is tolerated."
        )
    if missing:
        lines.append(
            f"The network does not look where its mask allows it: {_count(missing)} (query, key): "
            f"{_listed(missing)}. A change of the key does not move the query at all. (Allowed is not needed? "
            "unused=False, or --allow-unused. Is the mask that of one layer out of several? depth.)"
        )
    if max(found.rows.shape[1:]) <= LARGEST:
        lines.append(_picture(found, allowed, leaks, missing))
    return "\n".join(lines)


def _count(pairs: tuple[Pair, ...]) -> str:
    return f"{len(pairs)} pair{'s' * (len(pairs) > 1)}"


def _listed(pairs: tuple[Pair, ...]) -> str:
    told = [
        f"({p.query}, {p.key})" + (f" in row {p.row}" if p.row is not None else "")
        for p in pairs[: _SHOWN + 1]
    ]
    more = f" and {len(pairs) - _SHOWN} more, first of them {told[_SHOWN]}" if len(pairs) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more


def _picture(
    found: DependencyMap, allowed: np.ndarray, leaks: tuple[Pair, ...], missing: tuple[Pair, ...]
) -> str:
    """The first row of the batch that is at fault; all rows in one where the mask is of all."""
    row = next((pair.row for pair in (*leaks, *missing)), None)
    if allowed.ndim == 3:
        allowed = allowed[row or 0]
    cells = np.where(allowed, "■", "·")
    for pairs, sign in ((leaks, "!"), (missing, "?")):
        for pair in pairs:
            if pair.row == row:
                cells[pair.query, pair.key] = sign
    where = "" if row is None else f" in row {row}"
    legend = (
        f"Query down, key across{where}; ■ allowed, · forbidden, ! forbidden and used, ? allowed and unused:"
    )
    return f"{legend}\n{draw(cells)}"
