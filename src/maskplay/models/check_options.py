"""What every training's options must be."""

import math
from dataclasses import fields
from numbers import Integral, Real
from typing import Any

_COUNTS = ("epochs", "length", "positions", "rows")
_SHARES = ("ema", "negatives", "crops", "made", "exchanged")


def check_options(options: Any) -> None:
    """Require options that a training can have, and make plain Python numbers of NumPy's, which JSON does not know.

    Args:
        options: a dataclass whose defaults are all numbers; its fields are set in place.

    Raises:
        TypeError: An option is no number, or not a whole one where its default is whole.
        ValueError: An option is out of its range; the message says which that is.
    """
    for field in fields(options):
        value = _plain(field.name, field.default, getattr(options, field.name))
        object.__setattr__(options, field.name, value)
        allowed, rule = _rule(field.name, value)
        if not allowed:
            raise ValueError(f"{field.name} must {rule}. Received: {value}")


def _plain(name: str, default: Any, value: Any) -> int | float:
    whole = isinstance(default, int)
    number = isinstance(value, Integral if whole else Real) and not isinstance(value, bool)
    if not number:
        kind = "a whole number" if whole else "a number"
        raise TypeError(f"{name} must be {kind}, such as {default}. Received: {value!r:.60}")
    return int(value) if whole else float(value)


def _rule(name: str, value: float) -> tuple[bool, str]:
    """Tell whether an option is in its range, and which that is."""
    if name in _COUNTS:
        return value >= 1, "be at least 1"
    if name in _SHARES:
        return 0 <= value <= 1, "be from 0 to 1"
    if name == "learning_rate":
        return 0 < value < 1, "be above 0 and below 1"
    if name == "clip":
        return 0 < value < math.inf, "be above 0 and finite"
    if name == "save_every":
        return value >= 0, "not be negative"
    return 0 <= value < math.inf, "not be negative, and be finite"
