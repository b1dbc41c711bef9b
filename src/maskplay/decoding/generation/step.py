"""What a network is to decoding."""

from typing import Any, Protocol


class Step(Protocol):
    """Reads one more token of each text, and says what comes next."""

    def __call__(self, cache: Any, texts: Any, slots: Any, index: Any) -> tuple[Any, Any]:
        """Give the logits behind the token at `index`.

        What the network keeps of a token (its keys and values) goes to the text's own slot, and is never moved: where
        beams change places, `slots` says who wrote what. It is a mask: text k looks at position t of slot
        `slots[row, k, t]`, and at no other's.

        Args:
            cache: what the step gave before, in any structure.
            texts: tokens `(batch, width, capacity)`, filled up to and with `index`.
            slots: `(batch, width, capacity)`, whose position t is text k's position t.
            index: `()`, which token is new; it lies in slots 0, 1, 2, … of the row.

        Returns:
            Logits `(batch, width, vocabulary)`, and the cache.
        """
