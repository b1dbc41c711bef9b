"""HSIC and its normalised forms, from samples alone (Scientific Spaces 6910)."""

from typing import Any, Literal

import numpy as np

from maskplay.analysis.hsic._blocks import centred_products
from maskplay.analysis.hsic._samples import same_length
from maskplay.analysis.hsic._types import Floats
from maskplay.analysis.hsic.kernels import Gram, KernelLike, gram

Estimator = Literal["unbiased", "biased", "post"]
ESTIMATORS = ("unbiased", "biased", "post")
_ROUNDING = 1e-13  # entries of a centred matrix below that share of the largest similarity are rounding


def hsic(
    x: Any,
    y: Any,
    kernel: KernelLike = None,
    kernel_y: KernelLike = None,
    *,
    estimator: Estimator = "unbiased",
) -> float:
    """Dependence of `x` and `y`: 0 in the mean, or in the limit, if and only if they are independent.

    Only with kernels like the Gaussian or Laplace, that is; the linear one sees covariances alone.

    Args:
        x: Samples `(n, …)`: numbers, or labels.
        y: Samples `(n, …)`, each drawn together with that of `x`.
        kernel: A kernel, its name, or a function of two arrays; None is Gaussian for numbers and Delta for labels.
            An open width is the median distance of the variable's own samples.
        kernel_y: The same for `y`; None takes `kernel`, and where that is None too, what suits `y`.
        estimator: "unbiased" (Song and others, 2012; may be negative, needs 4 samples), "biased" (1/n², never
            negative) or "post": with (n - 1)⁻², as in Scientific Spaces 6910. The post calls that one unbiased, which
            it is not: for independent samples its mean is near (1 - mean of K)(1 - mean of L)/n, and the post's
            0.0002 for independent normals *is* that bias.

    Returns:
        The estimate. Computed in float64 from centred matrices, in blocks of 8 MiB beyond 4,096 samples.

    Raises:
        ValueError: Numbers that are not finite, different numbers of samples, or too few.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> x, noise = rng.standard_normal((2, 1000))
    >>> from maskplay.analysis.hsic import Gaussian
    >>> post = Gaussian(width=0.5**0.5)
    >>> round(hsic(x, noise, post, estimator="post"), 4), round(hsic(x, x + 0.1 * noise, post), 3)
    (0.0003, 0.093)
    >>> abs(hsic(x, noise, post)) < 0.0001
    True
    """
    if estimator not in ESTIMATORS:
        raise ValueError(f"estimator must be one of {', '.join(ESTIMATORS)}. Received: {estimator!r}")
    grams = both(x, y, kernel, kernel_y)
    return scaled(float(centred_products(grams, estimator == "unbiased")[0, 1]), grams[0].size, estimator)


def cka(
    x: Any,
    y: Any,
    kernel: KernelLike = None,
    kernel_y: KernelLike = None,
    *,
    estimator: Literal["unbiased", "biased"] = "unbiased",
) -> float:
    """HSIC of `x` and `y` over the geometric mean of their own: centred kernel alignment, at most 1.

    The biased one approaches 1 for independent data as columns get more than samples; the unbiased one does not. Where
    one of the variables is constant there is nothing to depend on, and it is 0.

    Arguments and errors as in `hsic`.

    >>> import numpy as np
    >>> x, y = np.random.default_rng(0).standard_normal((2, 32, 512))
    >>> round(cka(x, y, "linear", estimator="biased"), 2), round(cka(x, y, "linear"), 2)
    (0.94, -0.02)
    >>> cka(x, np.ones(32))
    0.0
    """
    if estimator not in ESTIMATORS[:2]:
        raise ValueError(f"estimator must be unbiased or biased. Received: {estimator!r}")
    grams = both(x, y, kernel, kernel_y)
    unbiased = estimator == "unbiased"
    _enough(grams[0].size, unbiased)
    return alignment(centred_products(grams, unbiased), grams)


def kernel_correlation(
    x: Any,
    y: Any,
    kernel: KernelLike = None,
    kernel_y: KernelLike = None,
    *,
    estimator: Literal["unbiased", "biased"] = "unbiased",
) -> float:
    """Square root of `cka`, 0 where that is negative: on the scale of a correlation.

    With the linear kernel and the biased estimator on single columns it is Pearson's correlation without its sign; with
    the kernel "distance" it is the distance correlation.

    Arguments and errors as in `hsic`.

    >>> round(kernel_correlation([1.0, 2.0, 4.0], [3.0, 5.0, 4.0], "linear", estimator="biased"), 4)
    0.3273
    """
    return max(cka(x, y, kernel, kernel_y, estimator=estimator), 0.0) ** 0.5


def both(x: Any, y: Any, kernel: KernelLike, kernel_y: KernelLike) -> tuple[Gram, Gram]:
    """Bind the kernels to the samples.

    Raises:
        ValueError: if the numbers of samples differ.
    """
    grams = gram(x, kernel, "x"), gram(y, kernel if kernel_y is None else kernel_y, "y")
    same_length(grams[0].size, grams[1].size)
    return grams


def scaled(product: float, n: int, estimator: Estimator) -> float:
    """From an inner product of centred matrices to the estimate."""
    _enough(n, estimator == "unbiased")
    if estimator == "unbiased":
        return product / (n * (n - 3))
    return product / (n * n if estimator == "biased" else (n - 1) ** 2)


def alignment(products: Floats, grams: tuple[Gram, Gram]) -> float:
    """The cosine of two centred matrices; 0 where one of them is nothing but rounding."""
    for i, one in enumerate(grams):
        if products[i, i] <= (one.size * _ROUNDING * max(float(np.abs(one.diagonal).max()), 1e-300)) ** 2:
            return 0.0
    # Never above 1, where rounding would have it so.
    return min(float(products[0, 1] / np.sqrt(products[0, 0]) / np.sqrt(products[1, 1])), 1.0)


def _enough(n: int, unbiased: bool) -> None:
    if unbiased and n < 4:
        raise ValueError(
            f'The unbiased estimate needs at least 4 samples; estimator="biased" needs 2. Received: {n}'
        )
