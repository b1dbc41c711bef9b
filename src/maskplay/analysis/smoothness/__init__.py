"""How smooth a loss is, and what normalization changes of that (Scientific Spaces 6992).

Eigenvalues and traces need NumPy only; the names that need Keras import it when they are first used.
"""

from typing import TYPE_CHECKING, Any

from maskplay.analysis._lazily import lazily
from maskplay.analysis.smoothness.curvature.eigenvalues import Eigenvalues, extreme_eigenvalues
from maskplay.analysis.smoothness.curvature.interval import Interval
from maskplay.analysis.smoothness.curvature.trace import Trace, trace

if TYPE_CHECKING:
    from maskplay.analysis.smoothness.report.batch_norm_audit import BatchNormAudit, ModeRow, batch_norm_audit
    from maskplay.analysis.smoothness.report.normalization_report import (
        LayerInput,
        NormalizationReport,
        normalization_report,
    )
    from maskplay.analysis.smoothness.report.slice import Slice
    from maskplay.analysis.smoothness.report.smoothness import LayerCurvature, Smoothness, smoothness
    from maskplay.analysis.smoothness.surface.loss_surface import LossSurface
    from maskplay.analysis.smoothness.surface.mode import MODES, Mode
    from maskplay.analysis.smoothness.training.smoothness_monitor import SmoothnessMonitor
    from maskplay.analysis.smoothness.training.smoothness_record import SmoothnessRecord

__all__ = [
    "MODES",
    "BatchNormAudit",
    "Eigenvalues",
    "Interval",
    "LayerCurvature",
    "LayerInput",
    "LossSurface",
    "Mode",
    "ModeRow",
    "NormalizationReport",
    "Slice",
    "Smoothness",
    "SmoothnessMonitor",
    "SmoothnessRecord",
    "Trace",
    "batch_norm_audit",
    "extreme_eigenvalues",
    "normalization_report",
    "smoothness",
    "trace",
]

_WITH_KERAS = {
    "BatchNormAudit": "report.batch_norm_audit",
    "LayerCurvature": "report.smoothness",
    "LayerInput": "report.normalization_report",
    "LossSurface": "surface.loss_surface",
    "MODES": "surface.mode",
    "Mode": "surface.mode",
    "ModeRow": "report.batch_norm_audit",
    "NormalizationReport": "report.normalization_report",
    "Slice": "report.slice",
    "Smoothness": "report.smoothness",
    "SmoothnessMonitor": "training.smoothness_monitor",
    "SmoothnessRecord": "training.smoothness_record",
    "batch_norm_audit": "report.batch_norm_audit",
    "normalization_report": "report.normalization_report",
    "smoothness": "report.smoothness",
}


def __getattr__(name: str) -> Any:
    """Import a name that needs Keras when it is first asked for."""
    return lazily(globals(), _WITH_KERAS, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
