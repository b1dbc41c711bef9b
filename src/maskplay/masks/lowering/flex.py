"""FlexAttention of torch: a mask as a function of places, and the blocks that it leaves."""

from collections.abc import Callable
from functools import cache, reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from keras import ops

from maskplay.masks.terms import Every, Matrix, Ranks, Some, Term

if TYPE_CHECKING:
    from maskplay.masks.attention_mask import AttentionMask

_Sees = Callable[[Any, Any, Any], Any]  # of row, query and key


def block_mask(mask: "AttentionMask") -> Any:
    """Give the torch BlockMask of a mask.

    Raises:
        TypeError: The mask's lengths are not known.
    """
    from keras.src.backend.torch.core import get_device
    from torch.nn.attention.flex_attention import create_block_mask

    batch, queries, keys = mask.shape
    if queries is None or keys is None:
        raise TypeError("FlexAttention needs a mask whose lengths are known.")
    sees = _function(mask.term)
    return create_block_mask(
        lambda row, head, query, key: sees(row, query, key),
        B=batch if batch != 1 else None,
        H=None,
        Q_LEN=queries,
        KV_LEN=keys,
        device=get_device(),
    )


def flex(query: Any, key: Any, value: Any, blocks: Any, scale: float | None) -> Any:
    """Attend by FlexAttention; tensors are `(batch, heads, length, dim)`."""
    run = _compiled() if query.is_cuda else _plain()
    return run(query, key, value, block_mask=blocks, scale=scale)


@cache
def _compiled() -> Any:
    import torch

    return torch.compile(_plain(), dynamic=False)


def _plain() -> Any:
    from torch.nn.attention.flex_attention import flex_attention

    return flex_attention


def _function(term: Term) -> _Sees:
    """Give a term as a function of places, which torch vectorises."""
    if isinstance(term, Every | Some):
        parts = [_function(part) for part in term.terms]
        # Positions are never negative: what is said of no terms, as a tensor.
        if isinstance(term, Every):
            return lambda *place: reduce(and_, (part(*place) for part in parts), place[1] >= 0)
        return lambda *place: reduce(or_, (part(*place) for part in parts), place[1] < 0)
    if isinstance(term, Matrix):
        pairs = ops.convert_to_tensor(term.pairs)
        alone = pairs.shape[0] == 1
        return lambda row, query, key: pairs[0 if alone else row, query, key]
    of_query, of_key = _of_line(term.query), _of_line(term.key)
    if isinstance(term, Ranks):
        return lambda row, query, key: of_key(row, key) <= of_query(row, query)
    if term.same:
        return lambda row, query, key: of_key(row, key) == of_query(row, query)
    return lambda row, query, key: of_key(row, key) != of_query(row, query)


def _of_line(line: Any) -> Callable[[Any, Any], Any]:
    if isinstance(line, range):
        start, step = line.start, line.step
        return lambda row, position: start + step * position
    if isinstance(line, int):
        return lambda row, position: line
    numbers = ops.convert_to_tensor(line)
    one_row, one_place = numbers.shape[0] == 1, numbers.shape[1] == 1
    return lambda row, position: numbers[0 if one_row else row, 0 if one_place else position]
