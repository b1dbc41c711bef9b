"""The learning rate that slices and trials begin with."""

_TOO_FAR = 1e3  # times the weights, or the way down


def first_rate(modulus: float, loss: float, gradient_norm: float, weights_norm: float) -> float:
    """2/L, unless there is no curvature that bounds a step.

    Where a loss is piecewise linear (mean absolute error, hinge) its curvature is 0, or rounding, and 2/L leads out of
    all that can be looked at. A loss that is never negative and has a Lipschitz gradient obeys ‖g‖² ≤ 2·L·loss, so 2/L
    leads no farther than 4·loss/‖g‖: what leads much farther is none that curvature bounds, and the rate is then
    loss/‖g‖², whose step would bring a linear loss to 0.

    Args:
        modulus: L.
        loss: at the point.
        gradient_norm: there.
        weights_norm: there.
    """
    if gradient_norm == 0:
        return 2 / modulus  # both 0 is refused before
    down = abs(loss) / gradient_norm or weights_norm or 1.0
    if modulus > 0 and 2 / modulus * gradient_norm <= _TOO_FAR * max(down, weights_norm):
        return 2 / modulus
    return down / gradient_norm
