"""The console script `maskplay`.

It stands outside of the package, since importing any part of that already refuses a backend that is not there, and a
program must tell this in a sentence, with the exit code of bad input.
"""

import _thread
import os
import sys
import threading
from contextlib import suppress
from typing import Any

_REFUSED, _INTERRUPTED = 2, 130  # as in maskplay.cli.refusal


def main() -> None:
    """Run the command line; what keeps it from being imported is one sentence and exit code 2.

    With MASKPLAY_TRACEBACK=1 the traceback is shown instead, as for every other refusal.
    """
    sys.unraisablehook = _interrupt_again
    try:
        from maskplay.cli import main as run

        run()
    except KeyboardInterrupt:  # where no command could take it: imports take a moment
        print("Stopped.", file=sys.stderr)
        _leave()
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            _leave()
        raise
    except (ImportError, OSError) as error:  # OSError: a full disk that --help is written to
        if os.environ.get("MASKPLAY_TRACEBACK"):
            raise
        print(f"maskplay: {error}", file=sys.stderr)
        sys.exit(_REFUSED)


def _leave() -> None:
    """End at once: what a backend computes still would crash Python where it cleans up."""
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None: it was closed
        with suppress(OSError, ValueError):  # nobody reads it any more
            stream.flush()
    os._exit(_INTERRUPTED)


def _interrupt_again(unraisable: Any) -> None:
    """Let Ctrl-C stop the program where Python can only report it.

    JAX looks after its memory when Python collects garbage, and an exception from there is printed and forgotten: one
    Ctrl-C in seven would do nothing in training. So it is sent once more, when that is over.
    """
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
        return
    again = threading.Timer(0.05, _thread.interrupt_main)
    again.daemon = True
    again.start()
