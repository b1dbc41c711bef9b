"""`maskplay read evaluate`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maskplay.cli.console import console, print_json
from maskplay.cli.refusal import Refusal

if TYPE_CHECKING:
    from maskplay.datasets import Example
    from maskplay.metrics import Evaluation, Row
    from maskplay.reading import Answer, Reader


def evaluate(
    file: Annotated[Path, typer.Argument(help="Dataset with answers.", show_default=False)],
    model: Annotated[
        Path | None, typer.Option("--model", "-m", help="Folder of a reader.", show_default="the bundled one")
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(
            help="Whose rules: cmrc, drcd, squad, squad2, sogou, webqa.", show_default="the data's own"
        ),
    ] = None,
    explain: Annotated[
        list[str] | None, typer.Option(help="Show how the question with this id was scored; may be repeated.")
    ] = None,
    explain_worst: Annotated[int, typer.Option(min=0, help="Show so many of the worst questions.")] = 0,
    precision: Annotated[
        float | None,
        typer.Option(
            help="Report coverage and precision at the threshold that promises this precision.",
            show_default="the reader's own threshold",
        ),
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Write the answers here: {id: answer}, for a benchmark's own script.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Answer the questions of a dataset and score the answers by the benchmark's own rules.

    Seconds are those of reading and answering, without loading. Passages are counted once for each question that is
    asked of them. An answer is right where it matches exactly: brier and calibration_error compare the probabilities
    with that (0 is perfect), coverage is the share of questions whose probability reaches the threshold, and precision
    the share of right ones among them.

    \b
    Examples:
      maskplay read evaluate dev.json
      maskplay read evaluate dev.json --model reader/ --json
      maskplay read evaluate dev.json --explain-worst 5
    """
    from maskplay.cli.data import dataset
    from maskplay.cli.train import checked_metric

    data = dataset(file)
    chosen = checked_metric(metric) or data.metric
    unknown = set(explain or ()) - {example.id for example in data}
    if unknown:
        raise Refusal(f"{file} has no question with the id {', '.join(sorted(unknown))}.")
    if predictions is not None and (predictions.is_dir() or not predictions.parent.is_dir()):
        raise Refusal(f"--predictions must name a file in a folder that is there. Received: {predictions}")

    from maskplay import metrics
    from maskplay.reading import Reader

    reader = Reader.load(model)
    threshold = reader.judgement.threshold_for(precision)  # now rather than after all the reading
    began = perf_counter()
    answers = _answered(reader, data.examples, chosen)
    predictions_by_id = {example.id: answer.text for example, answer in zip(data, answers, strict=True)}
    result = metrics.evaluate(data.examples, predictions_by_id, chosen)
    seconds = perf_counter() - began
    figures = _figures(result, sum(len(example.passages) for example in data), seconds)
    figures |= _trust(result, answers, threshold)
    explained = [_explained(row, chosen) for row in _chosen(result.rows, set(explain or ()), explain_worst)]
    if predictions is not None:
        _write(predictions, {row.id: row.prediction for row in result.rows})
    if as_json:
        print_json({**figures, **({"explained": explained} if explained else {})})
    else:
        _print(figures, explained)


def _answered(reader: "Reader", examples: Sequence["Example"], metric: str) -> "list[Answer]":
    """Answer as `Reader.evaluate` does, and show how far it is."""
    from rich.progress import Progress

    from maskplay import metrics

    hidden = not sys.stderr.isatty()
    with Progress(console=console(error=True), transient=True, disable=hidden) as progress:
        task = progress.add_task("Reading", total=len(examples))
        return reader.batch(
            examples,
            threshold=None if metrics.get(metric).answerless else 0.0,
            tell=lambda done: progress.update(task, completed=done),
        )


def _figures(result: "Evaluation", passages: int, seconds: float) -> dict[str, Any]:
    return {
        "metric": result.metric,
        "em": result.em,
        "f1": result.f1,
        "average": result.average,
        "count": result.count,
        "seconds": seconds,
        "passages": passages,
        "passages_per_second": passages / seconds,
    }


def _trust(result: "Evaluation", answers: "Sequence[Answer]", threshold: float) -> dict[str, float]:
    """Say how far the probabilities can be trusted, right being an exact match."""
    from maskplay.decoding import brier, expected_calibration_error

    scores = [answer.score for answer in answers]
    right = [row.score.em == 1 for row in result.rows]
    given = [one for one, score in zip(right, scores, strict=True) if score >= threshold]
    return {
        "brier": brier(scores, right),
        "calibration_error": expected_calibration_error(scores, right),
        "coverage": len(given) / len(scores),
        "precision": sum(given) / len(given) if given else 0.0,
    }


def _chosen(rows: Sequence["Row"], ids: set[str], worst: int) -> list["Row"]:
    lowest = sorted(rows, key=lambda row: (row.score.f1, row.score.em))[:worst]
    return [row for row in rows if row.id in ids] + [row for row in lowest if row.id not in ids]


def _explained(row: "Row", metric: str) -> dict[str, Any]:
    from maskplay import metrics

    return {
        "id": row.id,
        "prediction": row.prediction,
        "references": list(row.references),
        "em": row.score.em,
        "f1": row.score.f1,
        "explanation": metrics.get(metric).explain(row.prediction or "", row.references),
    }


def _write(path: Path, answers: dict[str, Any]) -> None:
    import json

    from maskplay._files import write_whole

    # A lone surrogate is not UTF-8, but as an escape it is JSON.
    write_whole(path, json.dumps(answers, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace"))


def _print(figures: dict[str, Any], explained: Sequence[dict[str, Any]]) -> None:
    from maskplay.cli.excerpt import shown

    print(
        f"EM {figures['em']:.2f}   F1 {figures['f1']:.2f}   ({figures['metric']}, {figures['count']:,} questions)"
    )
    rate = f"{figures['passages_per_second']:,.1f} passages/s"
    print(f"{figures['passages']:,} passages in {figures['seconds']:.1f} s, {rate}")
    print(
        f"{figures['coverage']:.1%} reach the threshold, {figures['precision']:.1%} of them right; "
        f"Brier score {figures['brier']:.3f}, calibration error {figures['calibration_error']:.3f}"
    )
    for one in explained:
        print(f"\n{shown(one['id'])}")
        print("\n".join(shown(line) for line in one["explanation"].splitlines()))
