"""Warnings of maskplay as sentences on standard error."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from maskplay.cli.refusal import say


@contextmanager
def warned(category: type[Warning]) -> Iterator[None]:
    """Tell each warning of a kind once, without the place in the code that it comes from."""
    told: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("always", category)
        otherwise = warnings.showwarning

        def show(message: Warning | str, kind: type[Warning], *where: object) -> None:
            if not issubclass(kind, category):
                otherwise(message, kind, *where)  # type: ignore[arg-type]
            elif str(message) not in told:
                told.add(str(message))
                say(str(message))

        warnings.showwarning = show  # type: ignore[assignment]
        yield
