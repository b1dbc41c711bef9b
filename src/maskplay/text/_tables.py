"""The bundled Traditional-to-Simplified tables, read once (made by scripts/make_simplified_table.py)."""

from functools import cache
from importlib.resources import files


@cache
def simplified(name: str) -> dict[str, str]:
    """Read the table `name` ("characters" or "phrases"): Traditional form -> Simplified form."""
    text = files("maskplay.text").joinpath(f"simplified_{name}.txt").read_text("utf-8")
    return dict(line.split("\t") for line in text.splitlines())
