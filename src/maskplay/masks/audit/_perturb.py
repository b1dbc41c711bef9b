"""Influence by trying: one position is changed, and the outputs are compared."""

from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np

from maskplay.masks.audit._change import relative_change, scale_of
from maskplay.masks.audit._leaves import Leaves, Name
from maskplay.masks.audit._outputs import SequenceOutputs, find_outputs, refuse_nan
from maskplay.masks.audit._runner import Runner
from maskplay.masks.audit._sequence import SequenceInput
from maskplay.masks.audit._vary import replaced, vocabulary_of


@dataclass(frozen=True)
class Influence:
    """What was found.

    Attributes:
        rows: `(rows, output length, input length)`: the largest relative change.
        noise: The largest relative change of outputs that should be equal.
        apart: Whether the rows of a batch were seen not to touch each other.
    """

    rows: np.ndarray
    noise: float
    apart: bool


Job = tuple[int, int, int]  # row, draw, position; position -1 changes nothing


def perturb(
    run: Runner,
    sequence: SequenceInput,
    *,
    output: Name | None,
    vocabulary_size: int | None,
    draws: int,
    batch_size: int,
    seed: int,
) -> Influence:
    """Change each kept position `draws` times, many changes to a batch."""
    drawn = _draw(sequence, vocabulary_size, draws, seed)
    batches = {len(x) for x in sequence.leaves.arrays}
    if len(batches) == 1:
        found = _in_batches(run, sequence, drawn, output, batch_size)
        if found is not None:
            return found
    return _whole(run, sequence, drawn, output)


def _draw(
    sequence: SequenceInput, vocabulary_size: int | None, draws: int, seed: int
) -> list[dict[int, np.ndarray]]:
    """For each draw, other content for each member."""
    rng = np.random.default_rng(seed)
    drawn = []
    for draw in range(draws):
        content = {}
        for member in sequence.members:
            x, first = sequence.leaves.arrays[member], member == sequence.members[0]
            ids = None
            if first and x.dtype.kind == "i":
                ids = vocabulary_of(x, sequence.kept, vocabulary_size, sequence.pad)
            content[member] = replaced(x, ids, rng, draw)
        drawn.append(content)
    return drawn


def _in_batches(
    run: Runner,
    sequence: SequenceInput,
    drawn: list[dict[int, np.ndarray]],
    output: Name | None,
    batch_size: int,
) -> Influence | None:
    """Stack changed copies of rows to batches of one size; None where rows of a batch touch each other."""
    rows = len(sequence.main)
    jobs = [(row, 0, -1) for row in range(rows)] + list(_jobs(sequence, len(drawn)))
    size = _fixed_batch(run) or max(min(batch_size, len(jobs)), rows)
    if size < rows:
        return None
    strength = None
    for start in range(0, len(jobs), size):
        chunk = jobs[start : start + size]
        chunk += [chunk[-1]] * (size - len(chunk))
        arrays = _arrays(sequence.leaves, drawn, chunk)
        if strength is None:
            outputs = run.settled(arrays)
            if any(len(y) != size for y in outputs.arrays):
                return None
            first = Leaves(outputs.names, tuple(y[:rows] for y in outputs.arrays), outputs.nest)
            refuse_nan(first, sequence.kept, "for these inputs")
            base = find_outputs(outputs, output, sequence.length, rows)
            drawn_rows = np.random.default_rng(0).integers(0, size, size)
            noise = _noise(outputs, run([x[drawn_rows] for x in arrays]), base, drawn_rows)
            if noise is None:
                return None
            strength = np.zeros((rows, base.length, sequence.length))
        else:
            outputs = run(arrays)
        _collect(strength, base, outputs, chunk)
    return Influence(strength, noise, True)  # type: ignore[arg-type]


def _whole(
    run: Runner, sequence: SequenceInput, drawn: list[dict[int, np.ndarray]], output: Name | None
) -> Influence:
    """Keep the batch together, and change one position in all of its rows at once."""
    arrays = sequence.leaves.arrays
    outputs = run.settled(arrays)
    base = find_outputs(outputs, output, sequence.length, len(outputs.arrays[0]))
    refuse_nan(outputs, sequence.kept, "for these inputs")
    strength = np.zeros((len(base.base[0]), base.length, sequence.length))
    for content in drawn:
        for position in np.flatnonzero(sequence.kept.any(axis=0)):
            changed = list(arrays)
            for member, other in content.items():
                changed[member] = arrays[member].copy()
                rows = sequence.kept[:, position]
                changed[member][rows, position] = other[rows, position]
            outputs = run(changed)
            for row in range(len(strength)):
                _note(strength, base, outputs, row, row, int(position))
    return Influence(strength, 0.0, False)


def _jobs(sequence: SequenceInput, draws: int) -> Iterator[Job]:
    for row, position in np.argwhere(sequence.kept):
        for draw in range(draws):
            yield int(row), draw, int(position)


def _arrays(leaves: Leaves, drawn: list[dict[int, np.ndarray]], chunk: list[Job]) -> list[np.ndarray]:
    arrays = [x[[row for row, _, _ in chunk]] for x in leaves.arrays]
    for at, (row, draw, position) in enumerate(chunk):
        if position >= 0:
            for member, other in drawn[draw].items():
                arrays[member][at, position] = other[row, position]
    return arrays


def _noise(outputs: Leaves, again: Leaves, base: SequenceOutputs, rows: np.ndarray) -> float | None:
    """How much a row changes in other company: rounding; None where it is more than that, for then rows touch."""
    noise = 0.0
    for member in base.members:
        one, other = outputs.arrays[member][rows], again.arrays[member]
        if one.shape != other.shape:
            return None
        noise = max(noise, float(relative_change(one, other, scale_of(one)).max(initial=0.0)))
    return noise if noise < 1e-3 else None


def _collect(strength: np.ndarray, base: SequenceOutputs, outputs: Leaves, chunk: list[Job]) -> None:
    for at, (row, _, position) in enumerate(chunk):
        if position >= 0:
            _note(strength, base, outputs, row, at, position)


def _note(
    strength: np.ndarray, base: SequenceOutputs, outputs: Leaves, row: int, at: int, position: int
) -> None:
    for member, before in zip(base.members, base.base, strict=True):
        after = outputs.arrays[member][at]
        if after.dtype.kind == "f" and (np.isnan(after) & ~np.isnan(before[row])).any():
            raise ValueError(
                f"Outputs must be numbers. Received: output {outputs.names[member]!r} becomes NaN in row {row} "
                f"when input position {position} is changed."
            )
    strength[row, :, position] = np.maximum(strength[row, :, position], base.change(row, outputs, at))


def _fixed_batch(run: Runner) -> int | None:
    if isinstance(run.model, keras.Sequential):  # it notes the shape that it happened to see first
        return None
    sizes = {x.shape[0] for x in getattr(run.model, "inputs", None) or []} - {None}
    return int(min(sizes)) if sizes else None
