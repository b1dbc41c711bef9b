"""Errors of the user's input as one sentence, and exit codes."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

REFUSED = 2
INTERRUPTED = 130
_PIPE_CLOSED = 141


class Refusal(Exception):
    """Something that the user must mend; its text is what they read."""


def tidy(command: Callable[..., Any]) -> Callable[..., Any]:
    """Make a command end with a sentence and a code instead of a traceback where its input is at fault.

    Bad input is told on standard error, exit code 2. A reader of the output that has gone away (`| head`) and Ctrl-C
    are no errors of ours: 141 and 130, as a shell has it. With MASKPLAY_TRACEBACK=1 the traceback is shown as well.
    """

    @wraps(command)
    def tidied(*args: Any, **kwargs: Any) -> Any:
        try:
            result = command(*args, **kwargs)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            silence()  # Python would complain once more when it closes standard output
            raise typer.Exit(_PIPE_CLOSED) from None
        except KeyboardInterrupt:
            say("Stopped.")
            raise typer.Exit(INTERRUPTED) from None
        except (
            Refusal,
            OSError,
            ValueError,
            ImportError,
            FloatingPointError,
            MemoryError,
            RuntimeError,
        ) as error:
            if os.environ.get("MASKPLAY_TRACEBACK") or _is_ours(error):
                raise
            say(f"maskplay: {_sentence(error)}")
            raise typer.Exit(REFUSED) from None

    return tidied


def say(text: str) -> None:
    """Tell something on standard error."""
    typer.echo(text, err=True)


def silence() -> None:
    """Let what is printed from now on go nowhere."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (stays open until the end)


def _is_ours(error: BaseException) -> bool:
    """Tell a fault of the program from what the user can mend, a lack of memory."""
    # JAX and PyTorch have no error of their own for that, or one that varies.
    told = ("RESOURCE_EXHAUSTED", "not enough memory", "out of memory")
    return isinstance(error, RuntimeError) and not any(words in str(error) for words in told)


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        named = f"{error.filename}: " if error.filename else ""
        return f"{named}{error.strerror}"
    if isinstance(error, MemoryError | RuntimeError):
        # What JAX tells is long; its first line says how much was asked for.
        return f"There is not enough memory for this. {_first_line(error)}".strip()
    return " ".join(str(error).split()) or type(error).__name__


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
