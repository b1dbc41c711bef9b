"""How a reader is pretrained."""

from dataclasses import dataclass

from maskplay.models.check_options import check_options


@dataclass(frozen=True)
class PretrainingOptions:
    """How a reader is pretrained; defaults suit some ten million characters and fresh weights.

    Args:
        epochs: passes over the texts.
        learning_rate: its peak, after the warm-up and before the cosine decay to a twentieth.
        warmup: steps of linear growth of the learning rate.
        weight_decay: of AdamW.
        clip: largest global norm of the gradient.
        length: characters of a piece.
        positions: characters of a batch.
        share: of the characters that are hidden.
        seed: of weights, order and what is hidden.
        save_every: seconds between checkpoints; one more is made after each epoch.
    """

    epochs: int = 1
    learning_rate: float = 2e-3
    warmup: int = 200
    weight_decay: float = 0.01
    clip: float = 5.0
    length: int = 512
    positions: int = 16384
    share: float = 0.15
    seed: int = 0
    save_every: float = 300.0

    def __post_init__(self) -> None:
        check_options(self)
        if self.length > self.positions:
            raise ValueError(f"length must be at most positions={self.positions}. Received: {self.length}")
        if not 1 / self.length <= self.share < 1:
            raise ValueError(
                f"share must be below 1, and at least one of length={self.length} characters. Received: {self.share}"
            )
