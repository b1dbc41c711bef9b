"""`maskplay read vectors`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from maskplay.cli.refusal import Refusal, say
from maskplay.cli.sources import sources
from maskplay.cli.text_file import checked_encoding, read_text

_DATASETS = (".json", ".jsonl")


def vectors(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Texts: files, folders (*.txt, *.md), datasets (passages and questions), JSON lines with a text each, "
            "- for standard input.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="File: .safetensors (compact), .bin, or word2vec text.", show_default=False
        ),
    ],
    dim: Annotated[int, typer.Option(min=1, help="Length of the vectors.")] = 64,
    min_count: Annotated[int, typer.Option(min=1, help="Rarer words stay unknown.")] = 3,
    max_words: Annotated[int | None, typer.Option(min=1, help="Keep only so many words.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the texts.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of the random numbers.")] = 0,
    simplify: Annotated[
        bool, typer.Option(help="Write Traditional Chinese in Simplified characters.")
    ] = False,
    encoding: Annotated[str, typer.Option(help="Encoding of the texts.")] = "utf-8",
) -> None:
    """Train word vectors on your own texts, for `maskplay read train --vectors`. Needs maskplay[train].

    \b
    Examples:
      maskplay read vectors corpus/ train.json --out vectors.safetensors
      zcat corpus.txt.gz | maskplay read vectors - --out vectors.bin --dim 100
    """
    checked_encoding(encoding)
    if out.is_dir() or not out.parent.is_dir():
        raise Refusal(f"--out must name a file in a folder that there is. Received: {out}")
    texts = texts_of(files, encoding, simplify)
    if not any(map(str.strip, texts)):
        raise Refusal("The texts are empty, so there is nothing to learn words from.")
    say(f"Training on {len(texts):,} texts of {sum(map(len, texts)):,} characters.")

    from maskplay.text import WordVectors

    trained = WordVectors.train(
        texts, dim=dim, min_count=min_count, max_words=max_words, epochs=epochs, seed=seed
    )
    trained.save(out)
    say(f"{out}: {len(trained.words):,} words of {trained.dim} numbers")


def texts_of(files: list[str], encoding: str, simplify: bool) -> list[str]:
    """Read the texts of all that is named, in Simplified characters if wanted."""
    texts = [text for file in files for text in _texts_in(file, encoding)]
    if not simplify:
        return texts
    from maskplay.text import simplify as simplified

    return [simplified(text) for text in texts]


def _texts_in(file: str, encoding: str) -> Iterator[str]:
    """Read the texts of a file, a folder, a dataset or standard input; those of a dataset once each."""
    path = Path(file)
    if path.suffix.lower() in _DATASETS and path.is_file():
        yield from _of_lines(path, encoding) or _of_dataset(path)
        return
    for source in sources([file], None, encoding, say):
        yield from source.text.splitlines()


def _of_dataset(path: Path) -> list[str]:
    from maskplay.cli.data import dataset

    data = dataset(path)
    passages = dict.fromkeys(passage.text for example in data for passage in example.passages)
    return [*passages, *(example.question for example in data)]


def _of_lines(path: Path, encoding: str) -> list[str] | None:
    """Give the texts of JSON lines that are strings or have a "text"; None if the first is neither."""
    if path.suffix.lower() != ".jsonl":
        return None
    texts: list[str] = []
    for number, line in enumerate(read_text(path, encoding).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        text = value.get("text") if isinstance(value, dict) else value
        if not isinstance(text, str):
            if not texts:
                return None
            raise Refusal(f'{path}: line {number} is neither a string nor an object with a "text".')
        texts.append(text)
    return texts
