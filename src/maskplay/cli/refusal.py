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
            # Python would complain once more when it closes standard output.
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (stays open until the end)
            raise typer.Exit(_PIPE_CLOSED) from None
        except KeyboardInterrupt:
            say("Stopped.")
            raise typer.Exit(INTERRUPTED) from None
        except (Refusal, OSError, ValueError, ImportError, FloatingPointError, MemoryError) as error:
            if os.environ.get("MASKPLAY_TRACEBACK"):
                raise
            say(f"maskplay: {_sentence(error)}")
            raise typer.Exit(REFUSED) from None
        except RuntimeError as error:
            if os.environ.get("MASKPLAY_TRACEBACK") or not _is_lack_of_memory(error):
                raise
            say(
                "maskplay: There is not enough memory for this. Ask for less at a time: shorter texts, fewer beams."
            )
            raise typer.Exit(REFUSED) from None

    return tidied


def say(text: str) -> None:
    """Tell something on standard error."""
    typer.echo(text, err=True)


def _is_lack_of_memory(error: RuntimeError) -> bool:
    """Tell whether JAX or PyTorch lacked memory: they have no error of their own for it, or one that varies."""
    return any(told in str(error) for told in ("RESOURCE_EXHAUSTED", "not enough memory", "out of memory"))


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        named = f"{error.filename}: " if error.filename else ""
        return f"{named}{error.strerror}"
    if isinstance(error, MemoryError):
        return f"There is not enough memory for this. {error}".strip()
    return " ".join(str(error).split()) or type(error).__name__
