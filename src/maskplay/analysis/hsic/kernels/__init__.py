"""Kernels: what counts as similar."""

from maskplay.analysis.hsic.kernels.by_column import ByColumn
from maskplay.analysis.hsic.kernels.choose import BY_NAME, KernelLike, as_kernel, gram
from maskplay.analysis.hsic.kernels.custom import Custom
from maskplay.analysis.hsic.kernels.delta import Delta
from maskplay.analysis.hsic.kernels.distance import Distance
from maskplay.analysis.hsic.kernels.gaussian import Gaussian
from maskplay.analysis.hsic.kernels.kernel import Gram, Kernel
from maskplay.analysis.hsic.kernels.laplace import Laplace
from maskplay.analysis.hsic.kernels.linear import Linear
from maskplay.analysis.hsic.kernels.median_distance import median_distance
from maskplay.analysis.hsic.kernels.polynomial import Polynomial
from maskplay.analysis.hsic.kernels.precomputed import Precomputed

__all__ = [
    "BY_NAME",
    "ByColumn",
    "Custom",
    "Delta",
    "Distance",
    "Gaussian",
    "Gram",
    "Kernel",
    "KernelLike",
    "Laplace",
    "Linear",
    "Polynomial",
    "Precomputed",
    "as_kernel",
    "gram",
    "median_distance",
]
