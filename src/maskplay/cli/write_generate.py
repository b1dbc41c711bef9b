"""`maskplay write generate`."""

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maskplay.cli.console import print_json
from maskplay.cli.refusal import Refusal
from maskplay.cli.text_file import read_standard_input, read_text

if TYPE_CHECKING:
    from maskplay.writing import Sampler, Writer

Model = Annotated[
    Path | None, typer.Option("--model", "-m", help="Folder of a writer.", show_default="the bundled one")
]
Beam = Annotated[int | None, typer.Option(min=1, help="Width of beam search.")]
MaxLength = Annotated[int, typer.Option(min=1, help="Tokens that a text may have.")]
Penalty = Annotated[float, typer.Option(help="Of beam search: scores are over the length to this power.")]
NoRepeat = Annotated[int, typer.Option(min=0, help="No run of so many tokens comes twice.")]


_MARKS = tuple("，。！？；")


class Poem(StrEnum):
    """What a source is to a writer of poems."""

    of_title = "title"
    of_first_line = "first"
    of_line = "next"


def generate(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Sources; - for the lines of standard input.")
    ] = None,
    model: Model = None,
    file: Annotated[Path | None, typer.Option(help="A file with a source on each line.")] = None,
    poem: Annotated[
        Poem | None,
        typer.Option(
            help="Of a writer of poems, such as the bundled one: title: a poem for a title; first: a poem for its "
            "first verse; next: the answer to a verse, for a couplet."
        ),
    ] = None,
    beam: Beam = None,
    temperature: Annotated[float | None, typer.Option(help="Draw; below 1 the probable more often.")] = None,
    top_k: Annotated[int | None, typer.Option(min=1, help="Draw from the k most probable tokens.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Draw from the fewest that reach this share.")] = None,
    max_length: Annotated[
        int | None,
        typer.Option(min=1, help="Tokens that a text may have.", show_default="64; of a whole poem 160"),
    ] = None,
    min_length: Annotated[int, typer.Option(min=0, help="Tokens that a text must have.")] = 0,
    length_penalty: Penalty = 1.0,
    no_repeat: NoRepeat = 0,
    allowed: Annotated[
        Path | None, typer.Option(help="A file with the texts that may be written, one on each line.")
    ] = None,
    best: Annotated[int, typer.Option("--best", "-n", min=1, help="So many texts for each source.")] = 1,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    stream: Annotated[bool, typer.Option(help="Show one text token by token.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, with scores.")] = False,
) -> None:
    """Write texts for sources: the most probable token each time, by beam search, or drawn.

    \b
    Examples:
      maskplay write generate --poem next 白日依山尽 --beam 4
      maskplay write generate --model writer/ "A long report …" --beam 4
      maskplay write generate --model poet/ --poem title 春曉 --top-p 0.9 --stream
      maskplay write generate --model writer/ --file sources.txt --beam 4 --best 3 --json
    """
    given = _sources(sources or [], file)
    texts = [_prompted(text, poem) for text in given]
    options: dict[str, Any] = {
        "max_length": max_length or (160 if poem in (Poem.of_title, Poem.of_first_line) else 64),
        "min_length": min_length,
        "no_repeat": no_repeat,
        "seed": seed,
        "allowed": None if allowed is None else _allowed(allowed),
    }
    sampler = _sampler(temperature, top_k, top_p)
    check_penalty(length_penalty, beam)
    if stream and (beam is not None or best > 1 or as_json or len(texts) > 1):
        raise Refusal("--stream shows one text as it is drawn; it goes without --beam, --best and --json.")

    from maskplay.writing import Writer

    writer = Writer.load(model)
    if poem is not None:
        _check_poem(given, writer, _prompt(poem))
    if stream:
        _stream(writer, texts[0], {**options, "sampler": sampler})
        return
    found = writer.candidates(
        texts, best, beam=beam, sampler=sampler, length_penalty=length_penalty, **options
    )
    if as_json:
        rows = [
            {"source": text, "texts": [asdict(one) for one in several]}
            for text, several in zip(texts, found, strict=True)
        ]
        print_json({"written": rows})
        return
    for several in found:
        for one in several:
            print(one.text)


def check_penalty(length_penalty: float, beam: int | None) -> None:
    """Require beam search where texts are ranked by their lengths."""
    if beam is None and length_penalty != 1:
        raise Refusal("--length-penalty ranks what --beam finds; give --beam too.")


def _stream(writer: "Writer", text: str, options: dict[str, Any]) -> None:
    for piece in writer.stream(text, **options):
        sys.stdout.write(piece)
        sys.stdout.flush()
    print()


def _sources(given: list[str], file: Path | None) -> list[str]:
    found = []
    for text in given:
        found += _lines(read_standard_input()) if text == "-" else [text]
    if file is not None:
        found += _lines(read_text(file))
    if not found:
        raise Refusal("There is nothing to write for: give sources, --file, or - for standard input.")
    return found


def _allowed(file: Path) -> list[str]:
    found = _lines(read_text(file))
    if not found:
        raise Refusal(f"{file}: there is no text that may be written; put one on each line.")
    return found


def _check_poem(texts: list[str], writer: "Writer", prompt: str) -> None:
    """Require a writer of poems, and something that it can read behind the prompt."""
    import numpy as np

    from maskplay.writing.source_ids import source_ids

    coder = writer.coder
    if np.isin(coder.ids(prompt), coder.never).any():
        raise Refusal(
            f"--poem is for a writer of poems, whose sources begin with {prompt!r}. This one does not know it."
        )
    for text in texts:
        source_ids(text, coder, max_length=1, limit=None)


def _lines(text: str) -> list[str]:
    # By line feeds alone, as pairs are read: other ends of lines may be of a text.
    return [line.removesuffix("\r") for line in text.split("\n") if line.strip()]


def _prompted(text: str, poem: Poem | None) -> str:
    if poem is None:
        return text
    if not text.strip():
        raise Refusal("A title or verse must have at least one character. Received: an empty one")
    if poem != Poem.of_title and not text.endswith(_MARKS):
        text += "，"  # every verse that was learned ends in a mark
    return _prompt(poem) + text


def _prompt(poem: Poem) -> str:
    from maskplay.writing.poems import FIRST_LINE, NEXT_LINE, TITLE

    return {Poem.of_title: TITLE, Poem.of_first_line: FIRST_LINE, Poem.of_line: NEXT_LINE}[poem]


def _sampler(temperature: float | None, top_k: int | None, top_p: float | None) -> "Sampler | None":
    from maskplay.writing import Temperature, TopK, TopP

    if top_k is not None and top_p is not None:
        raise Refusal("Draw from the --top-k most probable tokens, or from the --top-p share; not both.")
    heat = 1.0 if temperature is None else temperature
    if top_k is not None:
        return TopK(top_k, heat)
    if top_p is not None:
        return TopP(top_p, heat)
    return None if temperature is None else Temperature(heat)
