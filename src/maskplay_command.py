"""The console script `maskplay`.

It stands outside of the package, since importing any part of that already refuses a backend that is not there, and a
program must tell this in a sentence, with the exit code of bad input.
"""

import os
import sys

_REFUSED, _INTERRUPTED = 2, 130  # as in maskplay.cli.refusal


def main() -> None:
    """Run the command line; what keeps it from being imported is one sentence and exit code 2.

    With MASKPLAY_TRACEBACK=1 the traceback is shown instead, as for every other refusal.
    """
    try:
        from maskplay.cli import main as run

        run()
    except KeyboardInterrupt:  # where no command could take it: imports take a moment
        print("Stopped.", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except ImportError as error:
        if os.environ.get("MASKPLAY_TRACEBACK"):
            raise
        print(f"maskplay: {error}", file=sys.stderr)
        sys.exit(_REFUSED)
