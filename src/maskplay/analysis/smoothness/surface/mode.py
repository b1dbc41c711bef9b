"""How batch normalization behaves while a loss is looked at."""

from typing import Literal, get_args

Mode = Literal["train", "frozen", "eval", "recalibrated", "off"]
"""How batch normalization behaves.

- "train": by the statistics of each batch, which move with the weights; dropout drops, always the same units. This is
  the loss that training goes down on.
- "frozen": by the statistics that each batch has at the point, held while weights move.
- "eval": by its moving averages as they are: 0 and 1 in a new model, which normalizes nothing.
- "recalibrated": as "eval", with averages over all batches at hand in place of the moving ones.
- "off": by 0 and 1: only its scale and offset are left.
"""

MODES: tuple[Mode, ...] = get_args(Mode)


def checked_mode(mode: str) -> Mode:
    """A mode, if it is one.

    Raises:
        ValueError: it is not.
    """
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}. Received: {mode!r}")
    return mode
