"""Sequence models for Keras 3 whose masks can be seen, composed and proven.

The names are imported when they are first used, so `import maskplay` costs next to nothing.

>>> from maskplay import Reader
>>> Reader.load().judgement.threshold > 0
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from maskplay import _backend

if TYPE_CHECKING:
    from maskplay import (
        analysis,
        datasets,
        decoding,
        geometry,
        layers,
        masks,
        metrics,
        models,
        reading,
        text,
        writing,
    )
    from maskplay.reading import Answer, Reader
    from maskplay.reading.question_answering import pipeline
    from maskplay.writing import Writer

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Reader",
    "Writer",
    "analysis",
    "datasets",
    "decoding",
    "geometry",
    "layers",
    "masks",
    "metrics",
    "models",
    "pipeline",
    "reading",
    "text",
    "writing",
]

_HOMES = {
    "Answer": "maskplay.reading",
    "Reader": "maskplay.reading",
    "Writer": "maskplay.writing",
    "pipeline": "maskplay.reading.question_answering",
}

_backend.choose()


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(_HOMES.get(name, f"{__name__}.{name}"))
    value = getattr(home, name) if name in _HOMES else home
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
