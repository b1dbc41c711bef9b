"""What an initialization keeps: norms, angles, gains, and the signal in a model (Scientific Spaces 7180).

Matrices and laws need NumPy only; the names that need Keras import it when they are first used.
"""

from typing import TYPE_CHECKING, Any

from maskplay.analysis._lazily import lazily
from maskplay.analysis.initialization.gains.gain import Gain, gain
from maskplay.analysis.initialization.geometry.angle_law import AngleLaw
from maskplay.analysis.initialization.geometry.marchenko_pastur import MarchenkoPastur
from maskplay.analysis.initialization.geometry.orthogonality import Orthogonality, orthogonality
from maskplay.analysis.initialization.geometry.random_matrix import random_matrix

if TYPE_CHECKING:
    from maskplay.analysis.initialization.gains.norm_preserving import NormPreserving
    from maskplay.analysis.initialization.report.finding import Finding
    from maskplay.analysis.initialization.report.layer_change import LayerChange
    from maskplay.analysis.initialization.report.layer_signal import LayerSignal
    from maskplay.analysis.initialization.report.signal_changes import SignalChanges
    from maskplay.analysis.initialization.report.signal_report import SignalReport, signal_report
    from maskplay.analysis.initialization.training.rescale import Rescaled, rescale
    from maskplay.analysis.initialization.training.signal_monitor import SignalMonitor

__all__ = [
    "AngleLaw",
    "Finding",
    "Gain",
    "LayerChange",
    "LayerSignal",
    "MarchenkoPastur",
    "NormPreserving",
    "Orthogonality",
    "Rescaled",
    "SignalChanges",
    "SignalMonitor",
    "SignalReport",
    "gain",
    "orthogonality",
    "random_matrix",
    "rescale",
    "signal_report",
]

_WITH_KERAS = {
    "Finding": "report.finding",
    "LayerChange": "report.layer_change",
    "LayerSignal": "report.layer_signal",
    "NormPreserving": "gains.norm_preserving",
    "Rescaled": "training.rescale",
    "SignalChanges": "report.signal_changes",
    "SignalMonitor": "training.signal_monitor",
    "SignalReport": "report.signal_report",
    "rescale": "training.rescale",
    "signal_report": "report.signal_report",
}


def __getattr__(name: str) -> Any:
    """Import a name that needs Keras when it is first asked for."""
    return lazily(globals(), _WITH_KERAS, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
