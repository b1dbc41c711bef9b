"""An attention mask as an argument of a layer: taken apart at the door, put together inside.

Keras calls a layer eagerly, in a compiler, and symbolically in a functional model, and writes the arguments of a
functional model's layers into its file. A mask that is taken apart into its arrays and its form passes through all of
that with the means that Keras has for tensors and for strings: what computes the arrays from the model's inputs is part
of the model's graph, which is therefore the recipe of the mask, compiled, trained and saved with the rest. No function
has to be saved, and what goes through the model stays O(length).
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from keras import ops

from maskplay import masks
from maskplay.layers.composite import Composite
from maskplay.masks import AttentionMask, Lowered
from maskplay.masks.terms import Every, Matrix, Ranks, Segments, Some
from maskplay.masks.terms.tree import put_together, take_apart

_KINDS = {kind.__name__: kind for kind in (Every, Some, Matrix, Ranks, Segments)}


@dataclass(frozen=True, eq=False)
class Seen:
    """A mask ready for every layer of one forward pass: lowered once, made dense once at most.

    Args:
        lowered: for the fused attention of the backend.
    """

    lowered: Lowered

    @cached_property
    def pairs(self) -> Any:
        """Boolean tensor that broadcasts to `(batch, query_length, key_length)`, for the dense attention."""
        return self.lowered.pairs


class TakesAttentionMask(Composite):
    """Base of a layer that takes `mask=`: an attention mask, or the padding mask of its first input.

    Its `call` has the arguments `mask` and `mask_form`, and gives both to `seen`.
    """

    def __call__(self, *args: Any, mask: Any = None, **kwargs: Any) -> Any:
        """Call the layer; a mask is taken apart, that Keras may treat it as tensors."""
        if isinstance(mask, AttentionMask):
            mask, kwargs["mask_form"] = apart(mask)
        if mask is not None:
            kwargs["mask"] = mask
        return super().__call__(*args, **kwargs)

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The padding mask, where there is one; an attention mask does not say what is padding."""
        return previous_mask if hasattr(previous_mask, "dtype") else None

    def _specs(self, args: tuple, kwargs: Any) -> dict[str, Any]:
        """The weights depend on the first input alone."""
        specs = super()._specs(args, kwargs)
        return dict(list(specs.items())[:1])


def apart(mask: AttentionMask) -> tuple[list[Any], str]:
    """Give the arrays of a mask, and the rest of it as JSON."""
    arrays, form = take_apart(mask.term)
    described = {
        "term": _written(form),
        "query_length": mask.query_length,
        "key_length": mask.key_length,
        "description": mask.description,
    }
    return arrays, json.dumps(described)


def together(arrays: list[Any], form: str, length: int | None) -> AttentionMask:
    """Give the mask of `apart`; a length that was not known then is `length`."""
    described = json.loads(form)
    known = length if isinstance(length, int) else None
    queries, keys = (described[name] or known for name in ("query_length", "key_length"))
    term = put_together(_read(described["term"]), list(arrays))
    return AttentionMask(term, queries, keys, described["description"])


def seen(mask: Any, form: str | None, x: Any) -> Seen:
    """Give the mask that a layer was given.

    Args:
        mask: arrays, if there is a form; else an attention mask, a lowered one, a padding mask `(batch, length)`,
            or None: everybody sees everybody.
        form: what `apart` gave.
        x: `(batch, length, ...)`, whose positions look at each other.

    Raises:
        TypeError: It is something else.
    """
    if isinstance(mask, Seen):
        return mask
    if form is not None:
        mask = together(mask, form, x.shape[1])
    elif mask is None:
        mask = _everything(x)
    elif hasattr(mask, "dtype") and len(mask.shape) == 2:
        mask = masks.padding(mask)
    if isinstance(mask, AttentionMask):
        mask = mask.lower()
    if not isinstance(mask, Lowered):
        shape = f" of shape {tuple(mask.shape)}" if hasattr(mask, "shape") else ""
        raise TypeError(
            "mask must be an attention mask, or a boolean padding mask (batch, length); masks.matrix(pairs) makes one "
            f"of a matrix. Received: {type(mask).__name__}{shape}"
        )
    return Seen(mask)


def _everything(x: Any) -> AttentionMask:
    if isinstance(x.shape[1], int):
        return masks.bidirectional(x.shape[1])
    # A compiler has other words for a length that is not known yet.
    return masks.padding(ops.ones(ops.shape(x)[:2], dtype="bool"))


def _written(part: Any) -> Any:
    """Give a part of a form as JSON has it."""
    if isinstance(part, range):
        return {"range": [part.start, part.stop, part.step]}
    if isinstance(part, tuple) and isinstance(part[0], type):
        return [part[0].__name__, *map(_written, part[1:])]
    return {"array": part[0]} if isinstance(part, tuple) else part


def _read(part: Any) -> Any:
    if isinstance(part, list):
        return (_KINDS[part[0]], *map(_read, part[1:]))
    if isinstance(part, dict):
        return range(*part["range"]) if "range" in part else (part["array"],)
    return part
