"""When the scores of all rows and heads are too many for a CPU's cache."""

from typing import Any

from maskplay._on_cpu import on_cpu
from maskplay.masks.lowering.plan import Plan, may_go_by_heads


def is_long(query: Any, plan: Plan) -> bool:
    """Tell whether JAX on a CPU attends some heads at a time: to many queries, in float32.

    Args:
        query: `(batch, query_length, heads, dim)`.
        plan: of the mask.
    """
    known = isinstance(query.shape[1], int) and str(query.dtype) == "float32"
    return known and may_go_by_heads(plan.kernel, plan.backend, plan.device, query.shape[1]) and on_cpu()
