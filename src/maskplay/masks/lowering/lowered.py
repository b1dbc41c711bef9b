"""A mask, ready for the attention of the backend."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from maskplay.masks.lowering.plan import Plan, plan
from maskplay.masks.lowering.rows import rows_that_see
from maskplay.masks.terms import every

if TYPE_CHECKING:
    from maskplay.masks.attention_mask import AttentionMask


@dataclass(frozen=True, eq=False)
class Lowered:
    """What `AttentionMask.lower` gives; hand it to `attention` in the mask's place to lower once for many layers.

    Attributes:
        mask: what was lowered.
        plan: how.
        matrix: boolean tensor that broadcasts to `(batch, query_length, key_length)`, for the kernels that take one.
        rows: boolean tensor `(batch or 1, query_length or 1)`, which queries see anything; None if all do.
        keys: boolean tensor `(batch or 1, key_length)`, which keys are not hidden from all; None if none are known to
            be.
        block_mask: for FlexAttention.
    """

    mask: "AttentionMask"
    plan: Plan
    matrix: Any = field(default=None, repr=False)
    rows: Any = field(default=None, repr=False)
    keys: Any = field(default=None, repr=False)
    block_mask: Any = field(default=None, repr=False)

    @property
    def pairs(self) -> Any:
        """Boolean tensor that broadcasts to `(batch, query_length, key_length)`, made where the kernel needs none."""
        return self.mask.dense() if self.matrix is None else self.matrix


def lower(mask: "AttentionMask", backend: str | None = None, device: str | None = None) -> Lowered:
    """Lower a mask; see `AttentionMask.lower`.

    Raises:
        ValueError: It is not the backend of Keras, which alone has tensors.
    """
    own = keras.backend.backend()
    if backend not in (None, own):
        raise ValueError(
            f"Keras computes with {own}, and a mask is lowered for that. Received: backend={backend!r}. explain() "
            "tells of other backends."
        )
    chosen = plan(mask, own, device or device_of(own))
    if chosen.kernel == "nothing":
        return Lowered(mask, chosen)
    return Lowered(
        mask,
        chosen,
        matrix=mask.term.seen(ops) if chosen.kernel in ("keys", "dense") else None,
        rows=rows_that_see(mask, chosen.facts, ops),
        keys=_keys(mask, chosen),
        block_mask=_block_mask(mask) if chosen.kernel == "flex" else None,
    )


def device_of(backend: str) -> str:
    """Say where a backend computes: "gpu" or "cpu"; any accelerator but a GPU counts as a CPU here."""
    if backend == "jax":
        import jax

        return "gpu" if jax.default_backend() in ("gpu", "cuda", "rocm") else "cpu"
    if backend == "torch":
        from keras.src.backend.torch.core import get_device

        return "gpu" if str(get_device()).startswith("cuda") else "cpu"
    return "cpu"


def _keys(mask: "AttentionMask", chosen: Plan) -> Any:
    found = chosen.facts
    kept = every(found.keys).seen(ops)[:, 0, :] if found.keys else None
    if found.key_lengths is None or mask.key_length is None:
        return kept
    lengths = ops.convert_to_tensor(found.key_lengths)
    first = ops.less(ops.arange(mask.key_length, dtype="int32")[None], lengths)
    return first if kept is None else ops.logical_and(kept, first)


def _block_mask(mask: "AttentionMask") -> Any:
    from maskplay.masks.lowering.flex import block_mask

    return block_mask(mask)
