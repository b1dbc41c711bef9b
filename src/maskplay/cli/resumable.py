"""Training that a key stops."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

import typer

from maskplay.cli.refusal import INTERRUPTED, say

Report = TypeVar("Report")


@contextmanager
def resumable(report: AbstractContextManager[Report]) -> Iterator[Report]:
    """Train under a report; Ctrl-C takes it off the terminal and says how training goes on."""
    try:
        with report as told:
            yield told
    except KeyboardInterrupt:
        say("Stopped. The same command goes on from the last checkpoint.")
        raise typer.Exit(INTERRUPTED) from None
