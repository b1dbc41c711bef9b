"""Which columns depend on the target, and is it significant?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskplay.analysis.hsic._types import Array
from maskplay.analysis.hsic.kernels import Gram, KernelLike, as_kernel
from maskplay.analysis.hsic.meaning.effect_size import effect_of
from maskplay.analysis.hsic.tables.read_table import present, read_table
from maskplay.analysis.hsic.testing._prepared import Prepared
from maskplay.analysis.hsic.testing.correct_p_values import Correction, correct_p_values
from maskplay.analysis.hsic.testing.independence_test import permutation_p_value


@dataclass(frozen=True)
class ColumnDependence:
    """How a column depends on the target.

    Attributes:
        column: its name.
        correlation: the correlation of the Gaussian pair that depends as much; see `effect_size`.
        low: the lower end of its interval of about 95 %.
        high: the upper end.
        hsic: the unbiased estimate.
        cka: the unbiased normalised one.
        p_value: of this column alone.
        adjusted: corrected for the number of columns.
        samples: rows where both have a value.
        kernel: of the column.
    """

    column: str
    correlation: float
    low: float
    high: float
    hsic: float
    cka: float
    p_value: float
    adjusted: float
    samples: int
    kernel: str


def rank_columns(
    table: Any,
    target: str,
    *,
    columns: Sequence[str] | None = None,
    kernel: KernelLike = None,
    method: str = "permutation",
    permutations: int = 999,
    groups: str | None = None,
    correction: Correction = "holm",
    seed: int = 0,
) -> list[ColumnDependence]:
    """Rank the columns of a table by how strongly they depend on a target column.

    Args:
        table: As in `read_table`.
        target: Name of the target.
        columns: Names of those to rank; None ranks all others.
        kernel: For columns of numbers; labels are compared for equality.
        method: "permutation" or "gamma", as in `independence_test`.
        permutations: Random orders; the smallest possible p-value is 1 / (permutations + 1), before the correction.
        groups: Name of a column within whose groups orders are random: independence given it.
        correction: As in `correct_p_values`.
        seed: Of the random orders.

    Returns:
        The strongest dependence first.

    Raises:
        ValueError: No such column, the target among the others, fewer than 4 rows where a column and the target have
            values, or an unknown method.

    >>> import numpy as np
    >>> x, noise, y = np.random.default_rng(0).standard_normal((3, 300))
    >>> found = rank_columns({"noise": noise, "x": x, "y": x**2 + 0.3 * y}, "y")
    >>> [(one.column, one.adjusted < 0.05) for one in found]
    [('x', True), ('noise', False)]
    """
    if method not in ("permutation", "gamma"):
        raise ValueError(f"method must be permutation or gamma. Received: {method!r}")
    found = read_table(table)
    names = [name for name in found if name not in (target, groups)] if columns is None else list(columns)
    for name in (target, *names, *([groups] if groups else [])):
        if name not in found:
            raise ValueError(f"The table must have a column {name!r}. Received: {', '.join(found)}")
    if target in names or groups == target:
        raise ValueError(f"columns and groups must be others than the target. Received: {target!r}")
    if not names:
        raise ValueError("There must be a column besides the target. Received: none")
    results = []
    shared: dict[bytes, Gram] = {}
    for name in names:
        kept = present(found[name]) & present(found[target])
        if groups:
            kept &= present(found[groups])
        if int(kept.sum()) < 4:
            raise ValueError(
                f"{name!r} and {target!r} must both have values in 4 rows. Received: {int(kept.sum())}"
            )
        key = kept.tobytes()
        if (
            key not in shared
        ):  # most columns miss nothing, and the target's kernel is computed once for them all
            shared[key] = column_gram(found[target][kept], kernel, target)
        pair = Prepared(column_gram(found[name][kept], kernel, name), shared[key])
        if method == "gamma":
            p_value = pair.gamma_p_value
        else:
            strata = np.array([str(entry) for entry in found[groups][kept]]) if groups else None
            p_value = permutation_p_value(pair, permutations, np.random.default_rng(seed), strata, None)
        effect = effect_of(pair)
        results.append(
            ColumnDependence(
                name,
                effect.correlation,
                effect.low,
                effect.high,
                float(pair.unbiased[0, 1]),
                effect.cka,
                p_value,
                p_value,
                pair.x.size,
                repr(pair.x.kernel),
            )
        )
    adjusted = correct_p_values([one.p_value for one in results], correction)
    final = [
        ColumnDependence(**{**vars(one), "adjusted": float(p)})
        for one, p in zip(results, adjusted, strict=True)
    ]
    return sorted(final, key=lambda one: (one.adjusted, -one.cka))


def column_gram(column: Array, kernel: KernelLike, name: str) -> Gram:
    """Bind a kernel to a column: the given one for numbers, equality for labels."""
    labels = column.dtype.kind != "f"
    return as_kernel("delta" if labels else kernel, column).gram(column, name)
