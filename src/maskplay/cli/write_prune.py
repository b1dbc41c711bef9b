"""`maskplay write prune`."""

from pathlib import Path
from typing import Annotated

import typer

from maskplay.cli.refusal import Refusal, say
from maskplay.cli.text_file import read_text


def prune(
    checkpoint: Annotated[
        str, typer.Argument(help="A checkpoint: a folder, or a name on the hub.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write.", show_default=False)],
    texts: Annotated[
        list[Path] | None, typer.Option(help="A text whose tokens are kept; may be repeated.")
    ] = None,
    tokens: Annotated[Path | None, typer.Option(help="A file with a token to keep on each line.")] = None,
    at_least: Annotated[
        int | None, typer.Option(min=1, help="How often a token must occur in --texts.", show_default="1")
    ] = None,
    restore: Annotated[
        str | None, typer.Option(help="Go back: the checkpoint that this one was made from.")
    ] = None,
) -> None:
    """Write a checkpoint anew with a part of its tokens, or with all of them again.

    What the network says of kept tokens does not change. Which ones they are is in kept_tokens.json.

    \b
    Examples:
      maskplay write prune bert-base-chinese --texts corpus.txt --at-least 5 --out small/
      maskplay write prune small/ --restore bert-base-chinese --out full/
    """
    if restore is not None and (texts or tokens):
        raise Refusal("--restore takes all tokens back; it goes without --texts and --tokens.")
    if at_least is not None and not texts:
        raise Refusal(
            "--at-least counts how often a token occurs in --texts; give --texts too, or leave it out."
        )
    if restore is None and not texts and tokens is None:
        raise Refusal("Which tokens are kept? Name --texts that need them, or a file of --tokens.")

    from maskplay.models import keep_tokens, restore_tokens

    if restore is not None:
        restore_tokens(checkpoint, restore, out)
        say(f"The checkpoint with all its tokens is in {out}.")
        return
    named = [] if tokens is None else _lines(tokens)
    if texts:
        from maskplay.models.checkpoints.source import local_folder
        from maskplay.text import SubwordTokenizer

        checkpoint = str(local_folder(checkpoint))
        lines = (line for file in texts for line in read_text(file).splitlines())
        named += SubwordTokenizer.load(checkpoint).tokens_in(lines, at_least or 1)
    if not named:
        raise Refusal("No token is to be kept: --texts must have one often enough, or --tokens a line.")
    kept = keep_tokens(checkpoint, out, named)
    say(f"{len(kept.ids):,} of {kept.size:,} tokens are kept; the checkpoint is in {out}.")


def _lines(file: Path) -> list[str]:
    """Read what is on each line; by line feeds alone, for blanks and other ends of lines are parts of some tokens."""
    lines = (line.removesuffix("\r") for line in read_text(file).split("\n"))
    return [line for line in lines if line]
