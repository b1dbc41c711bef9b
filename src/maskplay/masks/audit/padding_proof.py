"""What `check_padding` finds where all is well."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class PaddingProof:
    """Padding changes nothing, as far as it was tried.

    Attributes:
        tried: What was done to the padding.
        largest: The largest relative change that was seen: rounding.
        tolerance: What was tolerated.
        calls: How often the model was called.
        refused: What could not be tried, each with the model's own error in one line: lengths that it does not take.
    """

    tried: tuple[str, ...]
    largest: float
    tolerance: float
    calls: int
    refused: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON-able values."""
        return {**asdict(self), "tried": list(self.tried), "refused": list(self.refused)}
