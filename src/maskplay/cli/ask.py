"""`maskplay read ask`."""

from pathlib import Path
from typing import Annotated

import typer

from maskplay.cli.console import console, print_json
from maskplay.cli.refusal import Refusal, say
from maskplay.cli.sources import Each, places, sources

NO_ANSWER = 1


def ask(
    question: Annotated[str, typer.Argument(help="What is asked.", show_default=False)],
    passages: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders (searched for *.txt and *.md), or - for standard input."),
    ] = None,
    text: Annotated[
        list[str] | None, typer.Option("--text", "-t", help="A passage itself; may be repeated.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option("--model", "-m", help="Folder of a reader.", show_default="the bundled one")
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(help="Answer only where at least this share of such answers was right, e.g. 0.9."),
    ] = None,
    each: Annotated[
        Each,
        typer.Option(help="What is one passage, with one vote."),
    ] = Each.file,
    top: Annotated[int, typer.Option(min=1, help="Show so many of the answers voted for.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    encoding: Annotated[str, typer.Option(help="Encoding of the texts.")] = "utf-8",
) -> None:
    """Answer a question from texts, verbatim, with every place that says so.

    \b
    Examples:
      maskplay read ask "白云山主峰多高？" notes/ more.txt
      maskplay read ask "白云山主峰多高？" -t "白云山主峰摩星岭高382米。"
      curl -s https://example.org/a.txt | maskplay read ask "主峰多高？" -
      maskplay read ask --precision 0.9 --json "主峰多高？" notes/ | jq .text

    Exit code, as grep has it: 0 there is an answer, 1 there is none, 2 something is wrong with the input.
    """
    if not question.strip():
        raise Refusal(
            "The question is empty; ask something, for instance: maskplay read ask 主峰多高？ notes/"
        )
    if precision is not None and not 0 < precision <= 1:
        raise Refusal(f"--precision must be above 0 and at most 1. Received: {precision:g}")
    found = places(sources(passages or [], text or [], encoding, say, once=True), each)
    if not found:
        raise Refusal("The texts are empty, so there is nothing to read.")

    from maskplay.cli.show_answer import as_dict, show
    from maskplay.reading import Reader

    answer = Reader.load(model)(question, [place.text for place in found], precision=precision)
    if as_json:
        print_json({"question": question, **as_dict(answer, found, top)})
    else:
        show(console(), answer, found, top)
    if not answer:
        raise typer.Exit(NO_ANSWER)
