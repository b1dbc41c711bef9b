"""What `mask_report` finds."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from maskplay.masks.audit.layer_mask import LayerMask

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class MaskReport:
    """What each layer of a model does with the mask, in the order in which they are called.

    Print it, or give it to `rich`.

    Attributes:
        model: The name of the model.
        layers: A line for each call.
        outputs: For each output of the model, whether it carries a mask.
        tried: What was done to the padding to see where it gets in; empty where nothing could be.
        notes: What else should be known.
    """

    model: str
    layers: tuple[LayerMask, ...]
    outputs: dict[str, bool]
    tried: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def problems(self) -> tuple[LayerMask, ...]:
        """The layers at which padding reaches what is kept."""
        return tuple(layer for layer in self.layers if layer.leaks)

    @property
    def ok(self) -> bool:
        """Whether padding was varied, and reaches nothing that is kept."""
        return bool(self.tried) and not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON-able values."""
        return {
            "model": self.model,
            "ok": self.ok,
            "layers": [asdict(layer) for layer in self.layers],
            "outputs": self.outputs,
            "tried": list(self.tried),
            "notes": list(self.notes),
        }

    def __rich__(self) -> "Table":
        from rich import box
        from rich.table import Table

        table = Table(title=f"Masks in {self.model}", box=box.SIMPLE, title_justify="left")
        for column in ("layer", "kind", "in", "out", "the mask", "which means"):
            table.add_column(column, overflow="fold")
        for layer in self.layers:
            style = "bold red" if layer.leaks else None
            marks = ["yes" if there else "-" for there in (layer.mask_in, layer.mask_out)]
            table.add_row(layer.path, layer.kind, *marks, layer.verdict, layer.why, style=style)
        table.caption = "\n".join(self.notes)
        table.caption_justify = "left"
        return table

    def __str__(self) -> str:
        from io import StringIO

        from rich.console import Console

        text = StringIO()
        Console(file=text, width=120, color_system=None).print(self)
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")
