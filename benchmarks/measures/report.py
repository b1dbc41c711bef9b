"""Figures on the screen: one JSON object, or a table."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def note(text: str) -> None:
    """Say on standard error what is being measured."""
    Console(stderr=True).print(f"[dim]{text}[/dim]")


def report(figures: Mapping[str, Any], meanings: Mapping[str, str], title: str, as_json: bool) -> None:
    """Print figures.

    Args:
        figures: by name; None for what was not measured.
        meanings: what each figure says, by name.
        title: of the table.
        as_json: print one JSON object and nothing else.
    """
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    table = Table(title=title)
    for column in ("figure", "value", "what it is"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for name, value in figures.items():
        table.add_row(name, _text(value), meanings.get(name, ""))
    Console().print(table)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool) or not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
