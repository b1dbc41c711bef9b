"""Colours."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """The colours of a picture, as #rrggbb.

    Attributes:
        paper: behind everything.
        ink: of the title and the labels.
        faint: of what is said in small.
        seen: of a cell whose query sees its key.
        hidden: of a cell whose query does not.
    """

    paper: str
    ink: str
    faint: str
    seen: str
    hidden: str


THEMES = {
    "light": Theme(paper="#ffffff", ink="#1f2933", faint="#66727f", seen="#2f6f9f", hidden="#e8ecf0"),
    "dark": Theme(paper="#14181d", ink="#e4e9ee", faint="#93a0ad", seen="#6fb3e0", hidden="#272e36"),
}


def check_theme(theme: str) -> None:
    """Require a theme that there is."""
    if theme not in ("auto", *THEMES):
        raise ValueError(f'theme must be "auto", "light" or "dark". Received: {theme!r}')
