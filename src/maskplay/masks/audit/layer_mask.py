"""One line of a `MaskReport`."""

from dataclasses import dataclass

VERDICTS = {
    "creates": "says where padding is",
    "uses and forwards": "leaves padding out, and passes the mask on",
    "uses": "leaves padding out; its output has no positions any more",
    "uses, then drops": "leaves padding out, but what follows cannot know where padding is",
    "forwards": "passes the mask on, and lets no padding in",
    "widens": "passes on a mask that keeps more than any that came in: padding counts again",
    "drops": "what follows cannot know where padding is",
    "pools": "makes one value of all positions and does not look at the mask: padding counts",
    "ignores": "lets padding into what is kept",
    "no mask": "is told of no mask",
}
"""What can be said of a layer, and why it matters."""


@dataclass(frozen=True)
class LayerMask:
    """What one call of a layer, or of an operation, does with the mask.

    Attributes:
        path: Its name, after those of the models and layers around it.
        kind: Its class.
        mask_in: Whether a mask arrives, on a tensor or as an argument.
        mask_out: Whether its output carries one.
        uses: Whether it takes the mask as an argument.
        leaks: Whether padding first reaches what is kept here: what goes in does not depend on padding, what comes
            out does. None where that could not be tried.
        verdict: One of `VERDICTS`.
        why: What it means.
    """

    path: str
    kind: str
    mask_in: bool
    mask_out: bool
    uses: bool
    leaks: bool | None
    verdict: str
    why: str
