"""`maskplay measure`: why a model trains, or does not."""

from collections.abc import Callable
from typing import Any

from maskplay.cli.measure_hsic import hsic

COMMANDS: tuple[Callable[..., Any], ...] = (hsic,)
"""The commands of the group."""
