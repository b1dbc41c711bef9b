"""`maskplay measure`: why a model trains, or does not."""

from collections.abc import Callable
from typing import Any

from maskplay.cli.measure_hsic import hsic
from maskplay.cli.measure_initialization import initialization
from maskplay.cli.measure_smoothness import smoothness

COMMANDS: tuple[Callable[..., Any], ...] = (hsic, initialization, smoothness)
"""The commands of the group."""
