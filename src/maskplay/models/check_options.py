"""What every training's options must be."""

from dataclasses import fields
from typing import Any

from maskplay._number import checked_number

_COUNTS = ("epochs", "length", "positions", "rows")
_SHARES = ("ema", "negatives", "crops", "made", "exchanged")


def check_options(options: Any) -> None:
    """Require options that a training can have, and make plain Python numbers of NumPy's, which JSON does not know.

    Args:
        options: a dataclass whose defaults are all numbers; its fields are set in place.

    Raises:
        TypeError: An option is no number, or not a whole one where its default is whole.
        ValueError: An option is infinite, NaN, or out of its range; the message says which that is.
    """
    for field in fields(options):
        kind: type[int] | type[float] = int if isinstance(field.default, int) else float
        value = checked_number(field.name, getattr(options, field.name), kind)
        object.__setattr__(options, field.name, value)
        allowed, rule = _rule(field.name, value)
        if not allowed:
            raise ValueError(f"{field.name} must {rule}. Received: {value}")


def _rule(name: str, value: float) -> tuple[bool, str]:
    """Tell whether an option is in its range, and which that is."""
    if name in _COUNTS:
        return value >= 1, "be at least 1"
    if name in _SHARES:
        return 0 <= value <= 1, "be from 0 to 1"
    if name == "learning_rate":
        return 0 < value < 1, "be above 0 and below 1"
    if name == "clip":
        return value > 0, "be above 0"
    if name == "seed":
        return 0 <= value < 2**32, "be from 0 to 4294967295"
    return value >= 0, "not be negative"
