"""What sampling and beam search have in common."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from keras import ops, tree

from maskplay.decoding.generation.constraint import Constraint

State = TypeVar("State", bound=tuple)


def log_probabilities(logits: Any) -> Any:
    """Give log-probabilities in float32."""
    return ops.log_softmax(ops.cast(logits, "float32"), axis=-1)


def allowed(
    constraints: Sequence[Constraint], memory: Any, texts: Any, index: Any, end: int, vocabulary: int
) -> Any:
    """Say what may come next, `(batch, width, vocabulary)`; where nothing else may, the end."""
    batch, width, _ = texts.shape
    may = ops.ones((batch, width, vocabulary), dtype="bool")
    for constraint, remembered in zip(constraints, memory, strict=True):
        may = ops.logical_and(may, constraint.allowed(remembered, texts, index, vocabulary))
    nothing = ops.logical_not(ops.any(may, axis=-1, keepdims=True))
    return ops.logical_or(may, ops.logical_and(nothing, ops.arange(vocabulary) == end))


def start(constraints: Sequence[Constraint], batch: int, width: int) -> tuple:
    """Give the memories of constraints."""
    return tuple(constraint.start(batch, width) for constraint in constraints)


def advance(constraints: Sequence[Constraint], memory: Any, tokens: Any) -> tuple:
    """Give the memories when tokens were written."""
    return tuple(c.advance(remembered, tokens) for c, remembered in zip(constraints, memory, strict=True))


def put(texts: Any, tokens: Any, index: Any) -> Any:
    """Write `tokens` `(batch, width)` to a position of `texts` `(batch, width, capacity)`."""
    return ops.where(ops.arange(texts.shape[2]) == index, ops.cast(tokens, texts.dtype)[:, :, None], texts)


def chosen(x: Any, places: Any) -> Any:
    """Give some along axis 1: `places` `(batch, n)` of `x` `(batch, m, …)`, in any structure."""

    def of(leaf: Any) -> Any:
        index = ops.reshape(places, (*places.shape, *[1] * (len(leaf.shape) - 2)))
        return ops.take_along_axis(leaf, ops.broadcast_to(index, (*places.shape, *leaf.shape[2:])), axis=1)

    return tree.map_structure(of, x)


def loop(while_: Callable[[State], Any], do: Callable[[State], State], state: State) -> State:
    """Run a compiled loop over a named tuple."""
    kind: Any = type(state)
    final = ops.while_loop(lambda *x: while_(kind(*x)), lambda *x: tuple(do(kind(*x))), tuple(state))
    return kind(*final)
