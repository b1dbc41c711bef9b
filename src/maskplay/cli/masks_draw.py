"""`maskplay masks draw`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maskplay.cli.refusal import REFUSED, Refusal, say

if TYPE_CHECKING:
    from maskplay.masks import AttentionMask


_MOST = 2**20  # positions to draw; labels are made for all


class Theme(StrEnum):
    """The colours of a picture."""

    auto = "auto"
    light = "light"
    dark = "dark"


def draw(
    expression: Annotated[str, typer.Argument(help="Masks composed with &, |, ~.", show_default=False)],
    length: Annotated[
        int | None,
        typer.Option(
            min=1, help="Positions; not needed with --tokens, or where a mask tells it.", show_default=False
        ),
    ] = None,
    tokens: Annotated[
        str | None,
        typer.Option(help="Labels: words between blanks, or else characters.", show_default=False),
    ] = None,
    last: Annotated[
        int | None, typer.Option(min=1, help="Only the last queries, as a decoding step has them.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the picture here: .svg or .png.", show_default=False)
    ] = None,
    theme: Annotated[
        Theme | None, typer.Option(help="Of a file.", show_default="auto: as who looks at it prefers")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Above the picture in a file.", show_default=False)
    ] = None,
) -> None:
    """Draw a mask: queries downwards, keys from left to right, full where the query sees the key.

    \b
    Masks:
      bidirectional, causal
      prefix(4)              four of source, the rest target; or prefix([0, 0, 1]): segment ids
      window(3), window(3, 0)   so many before, so many after
      packed(3, 4)           lengths of documents; or packed([1, 1, 2]): document ids
      padding(5)             the first five are tokens; or padding([1, 1, 0])
      permutation(2, 0, 1)   the order in which positions come
      blank_filling(0, 0, 1, 1)   0 for text, else the number of the blank
      ranked(0, 0, 1, 2)     a key is seen from its rank on

    \b
    Examples:
      maskplay masks draw "prefix(4) & window(3)" --length 9
      maskplay masks draw "prefix(5)" --tokens 白云山多高三八二米
      maskplay masks draw "packed(4, 5) & causal" --out packed.svg
    """
    labels = split_tokens(tokens)
    mask = parsed(expression, length, labels, most=_MOST)
    if last is not None:
        mask = mask.last(last)
    if out is not None:
        mask.save(out, labels, theme=theme or "auto", title=title)
        say(f"{out}: written")
        return
    if theme is not None or title is not None:
        raise Refusal("--theme and --title are of a picture in a file; name it: --out.")
    mask.draw(labels)


def split_tokens(tokens: str | None) -> list[str] | None:
    """Give the labels that a text stands for: its words, or its characters if it is one word."""
    if tokens is None:
        return None
    words = tokens.split()
    return list(words[0]) if len(words) == 1 else words


def parsed(
    expression: str, length: int | None, tokens: list[str] | None = None, most: int | None = None
) -> "AttentionMask":
    """Make the mask, of at most so many positions; an error shows its place in the expression."""
    from maskplay.masks import MaskSyntaxError, parse
    from maskplay.masks.told_length import told_length

    if length is None:
        length = len(tokens) if tokens else told_length(expression)
    if length is None:
        raise Refusal(
            "How many positions are there? Say --length N (for a drawing, --tokens with a label for each does as "
            "well), or name a mask that tells it, as packed(3, 4) does."
        )
    if most is not None and length > most:
        raise Refusal(f"At most {most:,} positions can be drawn. Received: {length:,}. Draw a shorter mask.")
    try:
        return parse(expression, length)
    except MaskSyntaxError as error:
        say(f"maskplay: {error}")  # in its lines, for one of them points
        raise typer.Exit(REFUSED) from None
