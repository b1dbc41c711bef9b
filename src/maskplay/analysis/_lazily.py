"""Names of a package that are imported when they are first asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any


def lazily(package: dict[str, Any], places: Mapping[str, str], name: str) -> Any:
    """Import a name: what the `__getattr__` of a package gives (PEP 562).

    Args:
        package: its `globals()`; the name is kept there.
        places: the module of each name, from the package on.
        name: what is asked for.

    Raises:
        AttributeError: The package has no such name.
    """
    if name not in places:
        raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
    package[name] = getattr(import_module(f"{package['__name__']}.{places[name]}"), name)
    return package[name]
