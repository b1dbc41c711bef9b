"""Why a model trains, or does not: measures of data, layers and losses. Each is a room of its own."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maskplay.analysis import hsic, initialization, smoothness

__all__ = ["hsic", "initialization", "smoothness"]


def __getattr__(name: str) -> Any:
    """Import a room when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
