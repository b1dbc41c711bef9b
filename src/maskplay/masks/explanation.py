"""How a mask is honoured, in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from maskplay.masks.lowering.lowered import device_of
from maskplay.masks.lowering.plan import LONG, Plan, may_go_by_heads, plan
from maskplay.masks.lowering.rows import rows_that_see
from maskplay.masks.terms.tree import take_apart

if TYPE_CHECKING:
    from maskplay.masks.attention_mask import AttentionMask

_MOST_PAIRS = 2**28  # that are looked at to count empty rows


@dataclass(frozen=True)
class Explanation:
    """What `AttentionMask.explain` tells.

    Attributes:
        description: what the mask was made of.
        shape: `(batch or 1, query_length, key_length)`.
        backend: "jax", "torch" or "tensorflow".
        device: "cpu" or "gpu".
        kernel: the name of the way that is taken: "none", "nothing", "causal", "flags", "keys", "flex" or "dense".
        call: what computes it.
        arguments: what it is told of the mask.
        reason: why this way.
        instead: what is done in its place where JAX has no fused attention: on a CPU, for many queries; None elsewhere.
        mask_bytes: what the value holds.
        lowered_bytes: what it becomes for the kernel; None where that is not known yet.
        dense_bytes: what a matrix would take; None where that is not known yet.
        score_bytes: what the kernel keeps of scores for each row and head, whatever the mask; None where that is not
            known yet.
        empty: queries that see nothing, as (row, query), the first of them; None where that is not known.
        empty_count: how many there are; None where that is not known.
    """

    description: str
    shape: tuple[int | None, int | None, int | None]
    backend: str
    device: str
    kernel: str
    call: str
    arguments: dict[str, str]
    reason: str
    instead: str | None
    mask_bytes: int
    lowered_bytes: int | None
    dense_bytes: int | None
    score_bytes: int | None
    empty: tuple[tuple[int, int], ...] | None
    empty_count: int | None

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __str__(self) -> str:
        batch, queries, keys = self.shape
        told = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        lines = [
            f"{self.description}: {queries} queries x {keys} keys, "
            + ("the same for all rows" if batch == 1 else f"batch of {batch}"),
            f"kernel   {self.kernel}: {self.call}({told}), {self.backend} on {self.device}",
            f"why      {self.reason}",
            *([f"instead  {self.instead}"] if self.instead else []),
            f"memory   the mask holds {_amount(self.mask_bytes)}, the kernel is told {_amount(self.lowered_bytes)}, "
            f"a matrix would be {_amount(self.dense_bytes)}",
            f"scores   {_scores(self.score_bytes)}",
            f"rows     {self._rows()}",
        ]
        return "\n".join(lines)

    def _rows(self) -> str:
        if self.empty is None or self.empty_count is None:
            return "whether some query sees nothing is not known before the program runs; it would get zeros"
        if not self.empty:
            return "every query sees something"
        named = [
            f"{query} of row {row}" if self.shape[0] != 1 else str(query) for row, query in self.empty[:5]
        ]
        more = ", …" if self.empty_count > 5 else ""
        said = "query sees nothing and gets" if self.empty_count == 1 else "queries see nothing and get"
        return f"{self.empty_count:,} {said} zeros: {', '.join(named)}{more}"


def explain(mask: "AttentionMask", backend: str | None = None, device: str | None = None) -> Explanation:
    """Explain a mask; see `AttentionMask.explain`."""
    own = keras.backend.backend()
    backend = backend or own
    if device is None:
        device = device_of(own) if backend == own else "cpu"
    chosen = plan(mask, backend, device)
    arrays, _ = take_apart(mask.term)
    sizes = mask.shape
    empty = _empty(mask, chosen)
    return Explanation(
        description=mask.description,
        shape=sizes,
        backend=backend,
        device=device,
        kernel=chosen.kernel,
        call=chosen.call,
        arguments={name: _told(value) for name, value in chosen.arguments.items()},
        reason=chosen.reason,
        instead=_instead(mask, chosen),
        mask_bytes=sum(_nbytes(array) for array in arrays),
        lowered_bytes=chosen.nbytes,
        dense_bytes=None if None in sizes else int(np.prod(np.array(sizes, dtype=object))),
        score_bytes=_score_bytes(mask, chosen),
        empty=None if empty is None else tuple(map(tuple, empty[:100].tolist())),
        empty_count=None if empty is None else len(empty),
    )


def _empty(mask: "AttentionMask", chosen: Plan) -> np.ndarray | None:
    """Find (row, query) of the queries that see nothing; None where that is not known."""
    batch, queries, keys = mask.shape
    if batch is None or queries is None or keys is None:
        return None
    full = (batch, queries)
    if chosen.kernel == "nothing":
        return np.argwhere(np.ones(full, bool))
    try:
        if chosen.facts.simple or mask.term.reflexive:
            seeing = rows_that_see(mask, chosen.facts, np)
            return np.empty((0, 2), int) if seeing is None else np.argwhere(~np.broadcast_to(seeing, full))
        if batch * queries * keys > _MOST_PAIRS:
            return None
        step = max(1, 2**22 // (batch * keys))
        parts = [
            mask.queries(start, min(step, queries - start)).numpy().any(axis=-1)
            for start in range(0, queries, step)
        ]
    except TypeError:  # traced
        return None
    return np.argwhere(~np.broadcast_to(np.concatenate(parts, axis=1), full))


def _instead(mask: "AttentionMask", chosen: Plan) -> str | None:
    """Say when attention goes some heads at a time."""
    queries = mask.query_length
    if not may_go_by_heads(chosen.kernel, chosen.backend, chosen.device, queries):
        return None
    when = "float32 without a bias" + (f", from {LONG} queries on" if queries is None else "")
    told = "" if chosen.kernel == "none" else ", told the matrix"
    return f"{when}: some heads at a time, never the scores of all{told}"


def _score_bytes(mask: "AttentionMask", chosen: Plan) -> int | None:
    """Give what is kept of scores, float32. Torch goes through them in blocks; XLA and TensorFlow have them all."""
    if chosen.kernel == "nothing" or chosen.backend == "torch":
        return 0
    if mask.query_length is None or mask.key_length is None:
        return None
    return 4 * mask.query_length * mask.key_length


def _scores(count: int | None) -> str:
    if count == 0:
        return "none are kept"
    return f"{_amount(count)} for each row and head, whatever the mask"


def _told(value: Any) -> str:
    if isinstance(value, bool | int | str | tuple):
        return str(value)
    if isinstance(value, np.ndarray):
        numbers = value[:, 0].tolist()
        return str(numbers) if len(numbers) <= 8 else f"[{', '.join(map(str, numbers[:8]))}, …]"
    return "tensor (batch,)"


def _nbytes(array: Any) -> int:
    if isinstance(array, np.ndarray):
        return array.nbytes
    count = 1
    for size in array.shape:
        count *= size or 1
    return count * (1 if "bool" in str(array.dtype) else 4)


def _amount(count: int | None) -> str:
    """Write a number of bytes as one reads it."""
    if count is None:
        return "an unknown amount"
    size = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"
