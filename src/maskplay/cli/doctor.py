"""`maskplay read doctor`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maskplay.cli.console import print_json
from maskplay.cli.refusal import Refusal, say

if TYPE_CHECKING:
    from maskplay.datasets import Report

FAULTY = 1
_MOST = 3  # faults of a kind that are shown; --json has them all


def doctor(
    file: Annotated[Path, typer.Argument(help="A dataset.", show_default=False)],
    repair: Annotated[
        Path | None, typer.Option(help="Write the file anew here, with all mended that can be.")
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Let --repair replace a file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what is wrong with a dataset file, and mend what can be mended.

    \b
    Examples:
      maskplay read doctor train.json
      maskplay read doctor train.json --repair mended.json

    Exit code: 0 nothing is wrong (or a mended file was written), 1 something is, 2 the file cannot be read.
    """
    from maskplay import datasets

    if file.is_dir():
        raise Refusal(f"{file}: a folder; name a dataset file.")
    if repair and os.path.lexists(repair) and not overwrite:
        raise Refusal(f"{repair} exists; choose another name, or pass --overwrite.")
    report = datasets.repair(file, repair, overwrite=overwrite) if repair else datasets.doctor(file)
    if as_json:
        print_json(report.to_dict())
    else:
        _print(report)
    if repair is not None:
        left = f"; {len(report.unrepaired)} faults need a human" if report.unrepaired else ""
        say(f"{repair}: written, {len(report.repaired)} faults mended{left}")
    elif report.format is None:
        raise Refusal(f"{file}: no dataset that can be read.")
    elif not report.healthy:
        raise typer.Exit(FAULTY)


def _print(report: "Report") -> None:
    from maskplay.cli.excerpt import shown
    from maskplay.datasets import FAULT_KINDS

    print(
        f"{shown(report.path)}: {report.examples:,} questions on {report.passages:,} passages, "
        f"{report.located:,} answers located, format {report.format or 'unknown'}"
    )
    if report.healthy:
        print("Nothing is wrong.")
    for kind, count in report.counts.items():
        faults = [fault for fault in report.faults if fault.kind == kind]
        mended = sum(fault.repair is not None for fault in faults)
        print(f"\n{count:,} x {kind}: {FAULT_KINDS[kind]} ({mended:,} can be mended)")
        for fault in faults[:_MOST]:
            print(f"  {shown(str(fault))}")
        if count > _MOST:
            print(f"  and {count - _MOST:,} more")
