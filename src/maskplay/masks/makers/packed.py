"""Several documents in one row."""

from typing import Any

from maskplay.masks.attention_mask import AttentionMask
from maskplay.masks.makers.checks import whole_numbers
from maskplay.masks.terms import Segments


def packed(documents: Any, key_documents: Any = None) -> AttentionMask:
    """Make the mask under which a query sees the keys of its own document.

    Compose it: `packed(documents) & causal(length)` is a packed language model, `packed(documents) &
    prefix(segment_ids)` packed sequence to sequence. A document's number says which positions belong together,
    nothing more; padding too is a document, unless `& padding(mask)`.

    Args:
        documents: whole numbers, `(batch, length)` or `(length,)`.
        key_documents: those of the keys, for attention to another sequence; default: the same.

    Raises:
        TypeError: They are not whole numbers.
        ValueError: They have another rank, or the two have different batches.

    >>> print(packed([1, 1, 2]).drawing())
    packed, 3 queries x 3 keys
       0 1 2
    0  ████·
    1  ████·
    2  · · ██
    """
    queries = whole_numbers(documents, "documents")
    keys = queries if key_documents is None else whole_numbers(key_documents, "key_documents")
    if len({queries.shape[0], keys.shape[0]} - {1, None}) > 1:
        raise ValueError(
            "documents and key_documents must be for the same batch, or one of them for all. Received: batches of "
            f"{queries.shape[0]} and {keys.shape[0]}"
        )
    return AttentionMask(Segments(queries, keys), queries.shape[1], keys.shape[1], "packed")
