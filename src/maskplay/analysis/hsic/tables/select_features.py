"""Few columns that together tell of the target."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.features.low_rank import LowRank, low_rank
from maskplay.analysis.hsic.kernels import KernelLike
from maskplay.analysis.hsic.tables.rank_columns import column_gram
from maskplay.analysis.hsic.tables.read_table import present, read_table

Way = Literal["forward", "backward", "lasso"]
WAYS = ("forward", "backward", "lasso")
_STEPS = 60
_MAX_RANK = 128


@dataclass(frozen=True)
class Selection:
    """Chosen columns.

    Attributes:
        columns: their names: "forward" in the order chosen, "backward" the last to be left out first, "lasso" the
            largest weight first.
        scores: for each, CKA of the target with the sum of the kernels up to it; for "lasso" the weights.
    """

    columns: tuple[str, ...]
    scores: tuple[float, ...]


def select_features(
    table: Any, target: str, count: int, *, way: Way = "forward", kernel: KernelLike = None
) -> Selection:
    """Choose columns that together depend most on the target, and say different things.

    Every column has a kernel of its own; all that is needed of them are the inner products of their centred matrices,
    by low-rank features.

    Args:
        table: As in `read_table`. Rows with a missing value are left out.
        target: Name of the target.
        count: How many to choose.
        way: "forward" adds the column that raises CKA of the summed kernels most; "backward" leaves out the one that is
            missed least; "lasso" (Yamada and others, 2014) writes the target's matrix as a sum of theirs with
            non-negative weights, and few of them.
        kernel: For columns of numbers.

    Raises:
        ValueError: No such column, an unknown way, or a count beyond the columns.

    >>> import numpy as np
    >>> a, b, c = np.random.default_rng(0).standard_normal((3, 300))
    >>> table = {"a": a, "copy": a + 0.01 * c, "b": b, "c": c, "y": a**2 + np.abs(b)}
    >>> sorted(select_features(table, "y", 2, way="lasso").columns)[-1]
    'b'
    """
    found = read_table(table)
    names = [name for name in found if name != target]
    if target not in found:
        raise ValueError(f"The table must have a column {target!r}. Received: {', '.join(found)}")
    if way not in WAYS:
        raise ValueError(f"way must be one of {', '.join(WAYS)}. Received: {way!r}")
    if not 1 <= count <= len(names):
        raise ValueError(f"count must be between 1 and the {len(names)} columns. Received: {count}")
    kept = np.logical_and.reduce([present(column) for column in found.values()])
    features = [
        low_rank(column_gram(found[name][kept], kernel, name), 1e-8, _MAX_RANK) for name in (*names, target)
    ]
    aligned = _alignments(features)
    between, with_target = aligned[:-1, :-1], aligned[:-1, -1]
    if way == "lasso":
        weights = _lasso(between, with_target, count)
        order = sorted(np.flatnonzero(weights > 0).tolist(), key=lambda i: -weights[i])[:count]
        return Selection(tuple(names[i] for i in order), tuple(float(weights[i]) for i in order))
    order = (_forward if way == "forward" else _backward)(between, with_target, count)
    scores = [_score(between, with_target, order[: i + 1]) for i in range(len(order))]
    return Selection(tuple(names[i] for i in order), tuple(scores))


def _alignments(features: Sequence[LowRank]) -> Floats:
    """Cosines between all centred matrices."""
    result = np.eye(len(features))
    norms = [max(float(np.linalg.norm(one.eigenvalues)), 1e-300) for one in features]
    for i, a in enumerate(features):
        for j, b in enumerate(features[:i]):
            product = a.features.T @ b.features
            result[i, j] = result[j, i] = float(np.vdot(product, product)) / (norms[i] * norms[j])
    return result


def _score(between: Floats, with_target: Floats, chosen: Sequence[int]) -> float:
    index = list(chosen)
    return float(with_target[index].sum() / max(between[np.ix_(index, index)].sum(), 1e-300) ** 0.5)


def _forward(between: Floats, with_target: Floats, count: int) -> list[int]:
    chosen: list[int] = []
    while len(chosen) < count:
        left = [i for i in range(len(with_target)) if i not in chosen]
        chosen.append(max(left, key=lambda i: _score(between, with_target, [*chosen, i])))
    return chosen


def _backward(between: Floats, with_target: Floats, count: int) -> list[int]:
    chosen = list(range(len(with_target)))
    dropped: list[int] = []
    while len(chosen) > 1:
        least = max(chosen, key=lambda i: _score(between, with_target, [j for j in chosen if j != i]))
        chosen.remove(least)
        dropped.append(least)
    return [*chosen, *reversed(dropped)][:count]


def _lasso(between: Floats, with_target: Floats, count: int) -> Floats:
    """Weights on a path of shrinking penalties, at the first penalty that lets `count` columns in."""
    weights = np.zeros(len(with_target))
    for penalty in float(with_target.max()) * np.logspace(0, -4, _STEPS):
        for _ in range(200):
            before = weights.copy()
            for i in range(len(weights)):
                rest = with_target[i] - float(between[i] @ weights) + between[i, i] * weights[i]
                weights[i] = max(rest - penalty, 0.0) / between[i, i]
            if float(np.abs(weights - before).max()) < 1e-9:
                break
        if int((weights > 0).sum()) >= count:
            break
    return weights
