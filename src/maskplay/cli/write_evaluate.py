"""`maskplay write evaluate`."""

from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from maskplay.cli.console import print_json
from maskplay.cli.refusal import Refusal
from maskplay.cli.warned import warned
from maskplay.cli.write_generate import Beam, MaxLength, Model, NoRepeat, Penalty, check_penalty


def evaluate(
    file: Annotated[Path, typer.Argument(help="Pairs, as `write train` reads them.", show_default=False)],
    model: Model = None,
    beam: Beam = None,
    max_length: MaxLength = 64,
    length_penalty: Penalty = 1.0,
    no_repeat: NoRepeat = 0,
    limit: Annotated[int, typer.Option(min=0, help="Only so many pairs, the first; 0: all.")] = 0,
    length: Annotated[
        int | None,
        typer.Option(
            min=4, help="Tokens of a row, for the perplexities.", show_default="128, or what the network has"
        ),
    ] = None,
    write: Annotated[bool, typer.Option(help="Write and compare; --no-write: perplexities alone.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a writer on pairs: perplexity, ROUGE, BLEU, exact matches.

    Perplexity is that of the target's tokens and end, given the source: under the prefix mask, which reads the source
    both ways, and, for comparison, under that of a language model.

    \b
    Examples:
      maskplay write evaluate held-out.tsv --model writer/ --beam 4
      maskplay write evaluate song.jsonl.xz --model poet/ --no-write --limit 20000 --json
    """
    from itertools import islice

    from maskplay.writing import LanguageModel, Writer, read_pairs
    from maskplay.writing.request import Request
    from maskplay.writing.training_data import PairsLeftOut

    check_penalty(length_penalty, beam)
    if not write and beam is not None:
        raise Refusal(
            "--no-write computes perplexities alone; --beam is of what is written. Give one of the two."
        )
    options: dict[str, Any] = {
        "beam": beam,
        "max_length": max_length,
        "length_penalty": length_penalty,
        "no_repeat": no_repeat,
    }
    Request(**options)  # before the perplexities are computed
    pairs = list(islice(read_pairs(file), limit or None))
    if not pairs:
        raise Refusal(f"{file}: there are no pairs.")
    writer = Writer.load(model)
    causal = LanguageModel(target_only=True)
    with warned(PairsLeftOut):
        figures: dict[str, float] = {
            "perplexity": writer.perplexity(pairs, length=length),
            "perplexity_language_model": writer.perplexity(pairs, causal, length=length),
        }
    if write:
        began = perf_counter()
        with warned(PairsLeftOut):
            found = writer.evaluate(pairs, **options)
        figures |= {name: value for name, value in asdict(found).items() if name != "texts"}
        figures["seconds"] = perf_counter() - began
    if as_json:
        print_json(figures)
        return
    print(
        f"perplexity {figures['perplexity']:.3f} (as a language model {figures['perplexity_language_model']:.3f})"
    )
    if write:
        rouge = "  ".join(f"ROUGE-{n} {figures[f'rouge_{n.lower()}']:.2f}" for n in ("1", "2", "L"))
        print(f"{rouge}  BLEU {figures['bleu']:.2f}  exact {figures['exact']:.2f} %")
        print(f"{figures['count']:,.0f} pairs, written in {figures['seconds']:.1f} s")
