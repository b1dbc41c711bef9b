"""The command line `maskplay`: parses, calls, prints."""

from maskplay.cli.app import main

__all__ = ["main"]
