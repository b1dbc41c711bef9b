"""What `check_padding` raises."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaddingChange:
    """One output that padding changes.

    Attributes:
        because: What was done to the padding.
        output: The name of the output.
        row: The row of the output where it changes most.
        position: The position there; None where the output has no positions.
        before: The value there that changes most.
        after: What becomes of it.
        change: By how much, relative to its own size plus the usual size of the output's values.
        places: How many kept positions (or rows) change by more than is tolerated.
        of: Of how many.
    """

    because: str
    output: str
    row: int
    position: int | None
    before: float
    after: float
    change: float
    places: int
    of: int

    def __str__(self) -> str:
        place = f"row {self.row}" + ("" if self.position is None else f", position {self.position}")
        kind = "rows" if self.position is None else "kept positions"
        return (
            f"{self.because}: output {self.output!r} changes at {self.places} of {self.of} {kind}, most at {place}, "
            f"from {self.before:.6g} to {self.after:.6g}"
        )


class PaddingError(Exception):
    """Padding changes what a model says of the rest.

    Attributes:
        changes: What changes, one for each thing that was done and each output.
    """

    def __init__(self, message: str, changes: tuple[PaddingChange, ...]) -> None:
        super().__init__(message)
        self.changes = changes
