"""The console script `maskplay`.

It stands outside of the package, since importing any part of that already refuses a backend that is not there, and a
program must tell this in a sentence, with the exit code of bad input.
"""

import _thread
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Any

_REFUSED, _INTERRUPTED = 2, 130  # as in maskplay.cli.refusal


def main() -> None:
    """Run the command line; what keeps it from being imported is one sentence and exit code 2.

    With MASKPLAY_TRACEBACK=1 the traceback is shown instead, as for every other refusal.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is to be ignored (nohup)
        signal.signal(signal.SIGINT, _interrupt)
    sys.unraisablehook = _report
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


def _interrupt(*_: Any) -> None:
    """Stop the program at Ctrl-C, and once more each second until it has ended.

    What is raised while NumPy waits for JAX's outcome, which is most of the time of a training, or while Python
    collects garbage, is dropped there.
    """
    again = threading.Timer(1.0, _thread.interrupt_main)
    again.daemon = True
    again.start()
    raise KeyboardInterrupt


def _report(unraisable: Any) -> None:
    """Tell of what Python can only report; a Ctrl-C comes again."""
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)
