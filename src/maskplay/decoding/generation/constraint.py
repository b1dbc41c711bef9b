"""What may be written."""

from typing import Any


class Constraint:
    """Says which tokens may come next. It prunes, and changes no probability.

    Where all constraints together allow nothing, the text ends.
    """

    def start(self, batch: int, width: int) -> Any:
        """Give what is to be remembered of texts, tensors `(batch, width, …)`; default: nothing."""
        return ()

    def allowed(self, memory: Any, texts: Any, index: Any, vocabulary: int) -> Any:
        """Say which tokens may come next.

        Args:
            memory: of `start` and `advance`.
            texts: tokens `(batch, width, capacity)`, filled before `index`.
            index: `()`.
            vocabulary: how many tokens there are.

        Returns:
            Boolean, broadcasts to `(batch, width, vocabulary)`.
        """
        raise NotImplementedError(f"{type(self).__name__} must override allowed.")

    def advance(self, memory: Any, tokens: Any) -> Any:
        """Give what is to be remembered when tokens `(batch, width)` were written; default: the same."""
        return memory
