"""How smooth a loss is at a point."""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import keras
import numpy as np

from maskplay.analysis.smoothness._types import Product, Vector
from maskplay.analysis.smoothness.curvature.eigenvalues import Eigenvalues, extreme_eigenvalues
from maskplay.analysis.smoothness.curvature.interval import Interval
from maskplay.analysis.smoothness.curvature.trace import Trace, trace
from maskplay.analysis.smoothness.report._first_rate import first_rate
from maskplay.analysis.smoothness.report._rates import largest_rate
from maskplay.analysis.smoothness.report._rounding import Rounding, rounding_at_origin
from maskplay.analysis.smoothness.report.slice import Slice, slice_along
from maskplay.analysis.smoothness.surface.loss_surface import LossSurface
from maskplay.analysis.smoothness.surface.mode import Mode

_STEPS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0)  # of the learning rate that curvature allows

Told = Callable[[str, int, int], None]


@dataclass(frozen=True)
class LayerCurvature:
    """The curvature of the loss in the weights of one layer alone.

    Attributes:
        layer: its path.
        parameters: how many weights.
        eigenvalues: of its block of the Hessian.
    """

    layer: str
    parameters: int
    eigenvalues: Eigenvalues


@dataclass(frozen=True)
class Smoothness:
    """How smooth a loss is at a point.

    Attributes:
        mode: how batch normalization behaved.
        parameters: how many weights were looked at.
        loss: at the point.
        gradient_norm: there.
        eigenvalues: the ends of the Hessian's spectrum.
        trace: of the Hessian; None if no samples were asked for.
        layers: blocks of the Hessian, those of largest modulus first.
        slices: the loss and its gradient along lines, that of the step first.
        tried_rate: the largest learning rate with which gradient descent was seen to go down: 0 if none did, infinite
            if all did; None if none was tried, or the point is so nearly stationary that rounding hides any descent.
        evaluations: how many evaluations of the gradient all of this was worth.
    """

    mode: str
    parameters: int
    loss: float
    gradient_norm: float
    eigenvalues: Eigenvalues
    trace: Trace | None
    layers: tuple[LayerCurvature, ...]
    slices: tuple[Slice, ...]
    tried_rate: float | None
    evaluations: float

    @property
    def lipschitz(self) -> Interval:
        """Local Lipschitz constant of the gradient, the L of post 6992: the largest eigenvalue by modulus."""
        return self.eigenvalues.modulus

    @property
    def lipschitz_by_secants(self) -> float:
        """The same from below, over the distances of the slices: the largest change of the gradient over distance."""
        return max((x for one in self.slices for x in one.secants), default=float("nan"))

    @property
    def stable_rate(self) -> Interval:
        """2/λ: with a larger learning rate, gradient descent leaves the steepest valley; infinite without one."""
        return self.eigenvalues.largest.inverted(2.0)

    def table(self) -> str:
        """All of it as text."""
        from maskplay.analysis.smoothness.report._table import table

        return table(self)

    def draw(self, path: str | os.PathLike[str], *, theme: str = "auto") -> None:
        """Draw loss and gradient along the slices, and the layers' curvatures.

        Args:
            path: a .png or .svg.
            theme: "light", "dark", or "auto": as the viewer of an SVG prefers.

        Raises:
            ImportError: without matplotlib.
        """
        from maskplay.analysis._pictures import drawing
        from maskplay.analysis.smoothness.report.draw_smoothness import draw_smoothness

        with drawing(path, (10, 3.4), theme) as (figure, colours):
            draw_smoothness(figure, self, colours)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON; what is not finite is None."""
        derived = {
            "lipschitz": asdict(self.lipschitz),
            "lipschitz_by_secants": self.lipschitz_by_secants,
            "stable_rate": asdict(self.stable_rate),
        }
        return plain({**asdict(self), **derived})


def smoothness(
    model: keras.Model,
    loss: str | Callable[[Any, Any], Any] | None,
    data: tuple[Any, Any],
    *,
    mode: Mode = "train",
    batch_size: int | None = None,
    step: Sequence[Any] | None = None,
    directions: int = 2,
    layers: bool = True,
    tolerance: float = 0.01,
    steps: int = 40,
    trace_samples: int = 8,
    trial_steps: int = 20,
    seed: int = 0,
    progress: Told | None = None,
) -> Smoothness:
    """Measure how smooth a model's loss is where the model stands.

    Nothing of the model is changed. The steps of the slices are 1/16 to 2 times the learning rate 2/λ that curvature
    allows, along the gradient (or `step`), and as far along random directions. Where there is no curvature to speak of
    (mean absolute error, hinge) loss/‖gradient‖² takes the place of 2/λ; near
    a stationary point, where such steps would show rounding only, all distances grow until they show curvature.

    Args:
        model: any Keras model.
        loss: a name that Keras knows, or a function of targets and outputs, whose mean is taken; None takes what the
            model was compiled with.
        data: (inputs, targets).
        mode: how batch normalization behaves: "train", "frozen", "eval", "recalibrated" or "off", see `Mode`.
        batch_size: the loss is the mean over batches of so many samples; None takes all data for one.
        step: the direction of the step, in arrays of the shapes of the model's trainable weights; None goes down the
            gradient.
        directions: random ones, besides.
        layers: whether each layer's block of the Hessian is looked at by itself.
        tolerance: of eigenvalues, relative.
        steps: of Lanczos, at most, for each eigenvalue; one costs two evaluations of the gradient.
        trace_samples: products for the trace; 0 leaves it out.
        trial_steps: of gradient descent for each learning rate that is tried, some 8 of them; 0 tries none.
        seed: of random directions.
        progress: is told what is being done, and which of how many stages that is.

    Raises:
        TypeError: that is no Keras model, loss or pair of data.
        ValueError: the model has no trainable weights; the data do not fit; the loss is NaN or infinite here; or it
            does not depend on the weights at all.

    >>> x = np.random.default_rng(0).standard_normal((40, 2)).astype("float32")
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    >>> found = smoothness(model, "mse", (x, x[:, :1]), trial_steps=60)
    >>> bool(np.isclose(found.lipschitz.value, np.linalg.eigvalsh(2 * x.T @ x / 40)[-1], rtol=1e-4))
    True
    >>> bool(0.9 < found.tried_rate / found.stable_rate.value < 1.1)
    True
    """
    if directions < 0:
        raise ValueError(f"directions must be 0 or more. Received: {directions}")
    surface = LossSurface(model, loss, data, mode=mode, batch_size=batch_size)
    by_layer = list(surface.layers) if layers else []
    tell = _teller(progress, by_layer, bool(trace_samples), bool(trial_steps))
    tell("gradient")
    value, gradient = checked_gradient(surface)
    norm = float(np.linalg.norm(gradient.astype(np.float64)))
    tell("curvature")
    product = surface.curvature()

    def ends(part: Product, size: int) -> Eigenvalues:
        return extreme_eigenvalues(part, size, tolerance=tolerance, steps=steps, seed=seed)

    found = ends(product, surface.size)
    check_dependence(norm, found)
    blocks = []
    for name in by_layer:
        tell(f"curvature of {name}")
        size = len(surface.layers[name])
        blocks.append(LayerCurvature(name, size, ends(surface.block(name, product), size)))
    blocks.sort(key=lambda one: -one.eigenvalues.modulus.value)
    estimate = None
    if trace_samples:
        tell("trace")
        estimate = trace(product, surface.size, samples=trace_samples, seed=seed)
    guess = first_rate(found.modulus.value, value, norm, float(np.linalg.norm(surface.origin)))
    tell("slices")
    rounding = rounding_at_origin(surface, value, gradient, seed)
    distances = _distances(surface, guess, norm, rounding)
    lines = _slices(surface, value, gradient, step, directions, distances, seed)
    tried = None
    # Where rounding hides all that descent could gain, no rate would be seen to go down, whatever it is.
    if trial_steps and not rounding.hides(guess * norm**2 * trial_steps):
        tell("learning rates")
        tried = largest_rate(surface, guess, trial_steps)
    return Smoothness(
        mode=mode,
        parameters=surface.size,
        loss=value,
        gradient_norm=norm,
        eigenvalues=found,
        trace=estimate,
        layers=tuple(blocks),
        slices=lines,
        tried_rate=tried,
        evaluations=surface.evaluations,
    )


def _teller(progress: Told | None, layers: Sequence[str], trace: bool, trials: bool) -> Callable[[str], None]:
    """Tell of stages by their names."""
    stages = ["gradient", "curvature", *(f"curvature of {name}" for name in layers)]
    stages += ["trace"] * trace + ["slices"] + ["learning rates"] * trials
    if progress is None:
        return lambda what: None
    return lambda what: progress(what, stages.index(what) + 1, len(stages))


def checked_gradient(surface: LossSurface) -> tuple[float, Vector]:
    """Loss and gradient at the origin.

    Raises:
        ValueError: they are not finite.
    """
    value, gradient = surface.gradient()
    if not (np.isfinite(value) and np.isfinite(gradient).all()):
        what = "a loss" if not np.isfinite(value) else "a gradient"
        raise ValueError(
            f"Loss and gradient must be finite where they are measured. Received: {what} with NaN or infinity; look at "
            "the data, the weights, and logarithms or roots of 0 in the loss"
        )
    return value, gradient


def check_dependence(norm: float, found: Eigenvalues) -> None:
    """Refuse a loss that is constant.

    Raises:
        ValueError: it is.
    """
    if norm == 0 and found.modulus.value == 0:
        raise ValueError(
            "The loss must depend on the trainable weights. Received: one whose gradient and curvature are exactly 0"
        )


def _slices(
    surface: LossSurface,
    value: float,
    gradient: Vector,
    step: Sequence[Any] | None,
    directions: int,
    distances: Sequence[float],
    seed: int,
) -> tuple[Slice, ...]:
    rng = np.random.default_rng([seed, 1])
    ways: dict[str, Vector] = {}
    if step is not None:
        ways["step"] = _flat(step, surface.size)
    elif gradient.any():
        ways["gradient"] = -gradient
    for number in range(directions):
        ways[f"random {number + 1}"] = rng.standard_normal(surface.size).astype("float32")
    return tuple(slice_along(surface, name, way, distances, value, gradient) for name, way in ways.items())


def _distances(surface: LossSurface, rate: float, norm: float, rounding: Rounding) -> list[float]:
    """Those of the steps, all longer alike where the shortest would show rounding in place of curvature."""
    least = rounding.shortest(rate) / _STEPS[0]
    longest = max(rate * norm, least) or 1e-3 * (float(np.linalg.norm(surface.origin)) or 1.0)
    return [longest * share for share in _STEPS]


def _flat(step: Sequence[Any], size: int) -> Vector:
    found = np.concatenate([np.asarray(x, np.float32).ravel() for x in step])
    if found.shape != (size,) or not np.isfinite(found).all() or not found.any():
        raise ValueError(
            f"step must have a finite number for each of the {size} trainable weights, not all 0. "
            f"Received: {found.size} numbers"
        )
    return found


def plain(value: Any) -> Any:
    """What JSON can hold."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value
