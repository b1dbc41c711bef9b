"""What a monitor saw at one step of training."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SmoothnessRecord:
    """The loss along its gradient, at one step of training (Santurkar and others, 2018).

    Attributes:
        step: of training, from 1.
        learning_rate: the steps looked at are multiples of it.
        loss: at the point.
        gradient_norm: there.
        loss_low: the least loss along the gradient.
        loss_high: the largest.
        change_low: the least distance of the gradient there from that at the point: gradient predictiveness.
        change_high: the largest.
        beta: the largest change of the gradient over the distance moved: effective β-smoothness.
    """

    step: int
    learning_rate: float
    loss: float
    gradient_norm: float
    loss_low: float
    loss_high: float
    change_low: float
    change_high: float
    beta: float

    @property
    def headroom(self) -> float:
        """2/β over the learning rate: below 1, steps are longer than curvature allows."""
        return 2 / (self.beta * self.learning_rate) if self.beta * self.learning_rate > 0 else float("inf")
