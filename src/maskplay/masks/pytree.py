"""A mask passes through compilers and functional models as a tree: its arrays are leaves, its form is fixed."""

from typing import TYPE_CHECKING, Any

import keras

from maskplay.masks.terms.tree import put_together, take_apart

if TYPE_CHECKING:
    from maskplay.masks.attention_mask import AttentionMask


def register(cls: "type[AttentionMask]") -> None:
    """Make the class known to the backend's compiler, and to Keras' functional models."""

    def flatten(mask: Any) -> tuple[list[Any], Any]:
        arrays, form = take_apart(mask.term)
        return arrays, (form, mask.query_length, mask.key_length, mask.description)

    def unflatten(arrays: Any, fixed: Any) -> Any:
        form, *rest = fixed
        return cls(put_together(form, list(arrays)), *rest)

    if keras.backend.backend() == "torch":
        from torch.utils._pytree import register_pytree_node

        register_pytree_node(cls, flatten, unflatten)
        return
    import optree

    known: Any = cls  # optree would have it a collection
    optree.register_pytree_node(
        known, flatten, lambda fixed, arrays: unflatten(arrays, fixed), namespace="keras"
    )
    if keras.backend.backend() == "jax":
        import jax

        jax.tree_util.register_pytree_node(cls, flatten, lambda fixed, arrays: unflatten(arrays, fixed))
