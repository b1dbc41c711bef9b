"""Dependence from samples alone: HSIC as statistic, test, loss and training signal (Scientific Spaces 6910).

NumPy is enough for statistics and tests; the names that need Keras import it when they are first used.
"""

from typing import TYPE_CHECKING, Any

from maskplay.analysis._lazily import lazily
from maskplay.analysis.hsic.features.fourier import RandomFourier
from maskplay.analysis.hsic.features.low_rank import LowRank, low_rank
from maskplay.analysis.hsic.features.nystroem import Nystroem
from maskplay.analysis.hsic.features.streaming import StreamedDependence, StreamingHSIC, stream_hsic
from maskplay.analysis.hsic.joint import joint_hsic
from maskplay.analysis.hsic.kernels import (
    ByColumn,
    Custom,
    Delta,
    Distance,
    Gaussian,
    Kernel,
    Laplace,
    Linear,
    Polynomial,
    Precomputed,
    as_kernel,
    median_distance,
)
from maskplay.analysis.hsic.line.distance_covariance import distance_covariance
from maskplay.analysis.hsic.line.laplace_hsic import laplace_hsic
from maskplay.analysis.hsic.line.result import LineDependence
from maskplay.analysis.hsic.line.sliced_hsic import SlicedHSIC, sliced_hsic
from maskplay.analysis.hsic.meaning.effect_size import EffectSize, effect_size, gaussian_hsic
from maskplay.analysis.hsic.meaning.self_audit import SelfAudit, self_audit
from maskplay.analysis.hsic.meaning.witness import Witness, witness
from maskplay.analysis.hsic.statistic import cka, hsic, kernel_correlation
from maskplay.analysis.hsic.tables.dependence_matrix import DependenceMatrix, dependence_matrix
from maskplay.analysis.hsic.tables.rank_columns import ColumnDependence, rank_columns
from maskplay.analysis.hsic.tables.read_table import read_table
from maskplay.analysis.hsic.tables.select_features import Selection, select_features
from maskplay.analysis.hsic.testing.aggregated_test import AggregatedResult, aggregated_test
from maskplay.analysis.hsic.testing.conditional_test import conditional_test
from maskplay.analysis.hsic.testing.correct_p_values import correct_p_values
from maskplay.analysis.hsic.testing.independence_test import independence_test
from maskplay.analysis.hsic.testing.joint_test import joint_test
from maskplay.analysis.hsic.testing.result import TestResult

if TYPE_CHECKING:
    from maskplay.analysis.hsic.training.bottleneck import BottleneckObjective, hsic_bottleneck
    from maskplay.analysis.hsic.training.dependence_report import DependenceReport, dependence_report
    from maskplay.analysis.hsic.training.independence_penalty import IndependencePenalty
    from maskplay.analysis.hsic.training.independence_regularizer import IndependenceRegularizer
    from maskplay.analysis.hsic.training.losses import CKALoss, HSICLoss
    from maskplay.analysis.hsic.training.metrics import CKAMetric, HSICMetric

__all__ = [
    "AggregatedResult",
    "BottleneckObjective",
    "ByColumn",
    "CKALoss",
    "CKAMetric",
    "ColumnDependence",
    "Custom",
    "Delta",
    "DependenceMatrix",
    "DependenceReport",
    "Distance",
    "EffectSize",
    "Gaussian",
    "HSICLoss",
    "HSICMetric",
    "IndependencePenalty",
    "IndependenceRegularizer",
    "Kernel",
    "Laplace",
    "LineDependence",
    "Linear",
    "LowRank",
    "Nystroem",
    "Polynomial",
    "Precomputed",
    "RandomFourier",
    "Selection",
    "SelfAudit",
    "SlicedHSIC",
    "StreamedDependence",
    "StreamingHSIC",
    "TestResult",
    "Witness",
    "aggregated_test",
    "as_kernel",
    "cka",
    "conditional_test",
    "correct_p_values",
    "dependence_matrix",
    "dependence_report",
    "distance_covariance",
    "effect_size",
    "gaussian_hsic",
    "hsic",
    "hsic_bottleneck",
    "independence_test",
    "joint_hsic",
    "joint_test",
    "kernel_correlation",
    "laplace_hsic",
    "low_rank",
    "median_distance",
    "rank_columns",
    "read_table",
    "select_features",
    "self_audit",
    "sliced_hsic",
    "stream_hsic",
    "witness",
]

_WITH_KERAS = {
    "BottleneckObjective": "training.bottleneck",
    "CKALoss": "training.losses",
    "CKAMetric": "training.metrics",
    "DependenceReport": "training.dependence_report",
    "HSICLoss": "training.losses",
    "HSICMetric": "training.metrics",
    "IndependencePenalty": "training.independence_penalty",
    "IndependenceRegularizer": "training.independence_regularizer",
    "dependence_report": "training.dependence_report",
    "hsic_bottleneck": "training.bottleneck",
}


def __getattr__(name: str) -> Any:
    """Import a name that needs Keras when it is first asked for."""
    return lazily(globals(), _WITH_KERAS, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
