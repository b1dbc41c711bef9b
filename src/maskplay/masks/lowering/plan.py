"""The choice of a kernel. It needs no backend but Keras', so that one can ask about another."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from maskplay.masks.lowering.facts import Facts, facts, nothing_at_all

if TYPE_CHECKING:
    from maskplay.masks.attention_mask import AttentionMask

BACKENDS = ("jax", "torch", "tensorflow")
DEVICES = ("cpu", "gpu")
_FLEX_BLOCK = 128
LONG = 128  # from so many queries on, the scores of all rows and heads are too many for a CPU's cache


@dataclass(frozen=True)
class Plan:
    """How a mask is honoured.

    Attributes:
        backend: "jax", "torch" or "tensorflow".
        device: "cpu" or "gpu".
        kernel: "none", "nothing", "causal", "flags", "keys", "flex" or "dense".
        call: what computes it.
        arguments: what the kernel is told, by name.
        reason: why it is this one.
        nbytes: what the lowered mask takes; None where lengths are not known yet.
        facts: what the mask asks for.
    """

    backend: str
    device: str
    kernel: str
    call: str
    arguments: dict[str, Any]
    reason: str
    nbytes: int | None
    facts: Facts = field(repr=False)


def plan(mask: "AttentionMask", backend: str, device: str) -> Plan:
    """Choose the cheapest exact way to honour a mask.

    Raises:
        ValueError: There is no such backend or device.
    """
    if backend not in BACKENDS or device not in DEVICES:
        raise ValueError(
            f"backend must be one of {', '.join(BACKENDS)}, and device cpu or gpu. Received: {backend!r}, {device!r}"
        )
    found = facts(mask.term, mask.query_length, mask.key_length)
    kernel, arguments, reason = _choice(mask, found, backend, device)
    return Plan(
        backend=backend,
        device=device,
        kernel=kernel,
        call=_call(kernel, backend),
        arguments=arguments,
        reason=reason,
        nbytes=_nbytes(mask, kernel, arguments),
        facts=found,
    )


def may_go_by_heads(kernel: str, backend: str, device: str, queries: int | None) -> bool:
    """Tell whether so many queries (None: not known yet) are attended to some heads at a time, in float32."""
    return (
        (backend, device) == ("jax", "cpu") and kernel != "nothing" and (queries is None or queries >= LONG)
    )


def _choice(
    mask: "AttentionMask", found: Facts, backend: str, device: str
) -> tuple[str, dict[str, Any], str]:
    if nothing_at_all(mask.term):
        return "nothing", {}, "nobody sees anything, so that the result is zeros"
    unbound = found.key_lengths is None and found.query_lengths is None
    if found.simple and unbound and not found.banded:
        return "none", {}, "everybody sees everybody"
    if found.simple and unbound and found.before is None and found.after == 0:
        return (
            "causal",
            {"is_causal": True},
            "each query sees itself and all before it, counted from the first",
        )
    if backend == "jax" and found.simple:
        return "flags", _flags(mask, found), "a band around the diagonal and lengths say it all"
    if not found.rest and not found.banded and found.query_lengths is None:
        return "keys", {"mask": "(batch, 1, 1, key_length)"}, "all queries see the same keys"
    if backend == "torch" and device == "gpu":
        return (
            "flex",
            {"block_mask": "BlockMask"},
            "blocks that nobody sees are left out; a matrix is made once, to find them, and dropped",
        )
    return "dense", {"mask": "(batch, 1, query_length, key_length)"}, _why_dense(found, backend, device)


def _flags(mask: "AttentionMask", found: Facts) -> dict[str, Any]:
    flags: dict[str, Any] = {}
    if found.before is None and found.after == 0:
        flags["is_causal"] = True
    elif found.banded:
        # A side without bound reaches to the end of the sequence.
        before = mask.query_length if found.before is None else found.before
        after = mask.key_length if found.after is None else found.after
        flags["local_window_size"] = (before, after)
    if found.query_lengths is not None:
        flags["query_seq_lengths"] = found.query_lengths
    if found.key_lengths is not None:
        flags["key_value_seq_lengths"] = found.key_lengths
    return flags


def _why_dense(found: Facts, backend: str, device: str) -> str:
    where = f"{backend} on a {device.upper()}"
    if found.rest:
        return f"{where} has no kernel for ranks that are no positions, for segments, or for alternatives"
    if found.keys:
        return f"{where} has no kernel for a band together with single hidden keys"
    if found.key_lengths is None and found.query_lengths is None:
        return f"{where} has no kernel for windows"
    return f"{where} has no kernel for lengths{' beside a band' if found.banded else ''}"


def _call(kernel: str, backend: str) -> str:
    if kernel == "nothing":
        return "zeros"
    if kernel == "flex":
        return "torch.nn.attention.flex_attention.flex_attention"
    return {
        "jax": "jax.nn.dot_product_attention",
        "torch": "torch.nn.functional.scaled_dot_product_attention",
        "tensorflow": "keras.ops.dot_product_attention",
    }[backend]


def _nbytes(mask: "AttentionMask", kernel: str, arguments: dict[str, Any]) -> int | None:
    if kernel in ("none", "nothing", "causal"):
        return 0
    batch, queries, keys = mask.shape
    if kernel == "flags":
        lengths = sum(name.endswith("lengths") for name in arguments)
        return None if batch is None else 4 * batch * lengths
    if batch is None or queries is None or keys is None:
        return None
    if kernel == "keys":
        return batch * keys
    if kernel == "flex":
        # Two counts and two lists of blocks for each row of blocks, and the same by columns, in 32 bits.
        rows, columns = -(-queries // _FLEX_BLOCK), -(-keys // _FLEX_BLOCK)
        return batch * 4 * (2 * (rows + columns) + 4 * rows * columns)
    return batch * queries * keys
