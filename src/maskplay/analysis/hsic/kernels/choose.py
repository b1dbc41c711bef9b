"""From what users write to a kernel."""

from collections.abc import Callable
from typing import Any

from maskplay.analysis.hsic._samples import as_array, is_label
from maskplay.analysis.hsic.kernels.custom import Custom
from maskplay.analysis.hsic.kernels.delta import Delta
from maskplay.analysis.hsic.kernels.distance import Distance
from maskplay.analysis.hsic.kernels.gaussian import Gaussian
from maskplay.analysis.hsic.kernels.kernel import Gram, Kernel
from maskplay.analysis.hsic.kernels.laplace import Laplace
from maskplay.analysis.hsic.kernels.linear import Linear
from maskplay.analysis.hsic.kernels.polynomial import Polynomial
from maskplay.analysis.hsic.kernels.precomputed import Precomputed

BY_NAME: dict[str, type[Kernel]] = {
    "gaussian": Gaussian,
    "laplace": Laplace,
    "linear": Linear,
    "polynomial": Polynomial,
    "distance": Distance,
    "delta": Delta,
    "precomputed": Precomputed,
}

KernelLike = Kernel | str | Callable[[Any, Any], Any] | None


def as_kernel(kernel: KernelLike, x: Any = None) -> Kernel:
    """Make a kernel of a kernel, its name, a function of two arrays, or None.

    None is Gaussian for numbers and Delta for everything else.

    Raises:
        ValueError: if there is no kernel of that name.
        TypeError: if it is none of these.
    """
    if kernel is None:
        return Delta() if is_label(as_array(x)) else Gaussian()
    if isinstance(kernel, Kernel):
        return kernel
    if isinstance(kernel, str):
        if kernel not in BY_NAME:
            raise ValueError(f"kernel must be one of {', '.join(BY_NAME)}. Received: {kernel!r}")
        return BY_NAME[kernel]()
    if callable(kernel):
        return Custom(kernel)
    raise TypeError(f"kernel must be a kernel, its name or a function of two arrays. Received: {kernel!r}")


def gram(x: Any, kernel: KernelLike, name: str = "x") -> Gram:
    """Bind a kernel to samples; a Gram passes as it is."""
    return x if isinstance(x, Gram) else as_kernel(kernel, x).gram(x, name)
