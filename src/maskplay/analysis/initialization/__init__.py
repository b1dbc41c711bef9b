"""What an initialization keeps: norms, angles, gains, and the signal in a model (Scientific Spaces 7180).

Matrices and laws need NumPy only; the names that need Keras import it when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from maskplay.analysis.initialization.gains.gain import Gain, gain
from maskplay.analysis.initialization.geometry.angle_law import AngleLaw
from maskplay.analysis.initialization.geometry.marchenko_pastur import MarchenkoPastur
from maskplay.analysis.initialization.geometry.orthogonality import Orthogonality, orthogonality
from maskplay.analysis.initialization.geometry.random_matrix import random_matrix

if TYPE_CHECKING:
    from maskplay.analysis.initialization.gains.norm_preserving import NormPreserving

__all__ = [
    "AngleLaw",
    "Gain",
    "MarchenkoPastur",
    "NormPreserving",
    "Orthogonality",
    "gain",
    "orthogonality",
    "random_matrix",
]

_WITH_KERAS = {
    "NormPreserving": "gains.norm_preserving",
}


def __getattr__(name: str) -> Any:
    """Import a name that needs Keras when it is first asked for."""
    if name not in _WITH_KERAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_WITH_KERAS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
