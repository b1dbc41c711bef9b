"""What is wrong with a model, where, and what to change."""

from dataclasses import dataclass

CAUSES = {
    "not finite": "NaN or infinite numbers, or gradients, come of finite ones",
    "not normalised": "the model's inputs are not normalised",
    "weights too large": "one layer's weights are far too large",
    "weights too small": "one layer's weights are far too small",
    "zero weights": "weights are zero and get no gradient",
    "identical units": "all units of a layer have the same weights",
    "copied weights": "layers have the very same weights",
    "wrong fan": "the initializer took the fan for another one than the layer has",
    "dropout": "dropout leaves next to nothing",
    "epsilon": "what a normalization divides by is mostly its epsilon",
    "dead units": "most units give 0 for every sample",
    "saturated": "most numbers lie at the bounds of an activation",
    "saturated attention": "attention looks at one position each",
    "collapse": "all samples look alike behind a layer",
    "exploding depth": "every layer adds to the signal until it is far too large",
    "vanishing depth": "every layer takes from the signal until little is left",
    "exploding gradient": "gradients grow on their way back",
    "vanishing gradient": "gradients shrink on their way back",
    "no gradient": "layers get no gradient at all",
}
"""What a finding may be, and what it means."""


@dataclass(frozen=True)
class Finding:
    """Something that keeps a model from training.

    Attributes:
        cause: one of `CAUSES`.
        layers: the names of those at fault, the first first; "inputs" stands for the data.
        evidence: what was measured.
        advice: what to change.
    """

    cause: str
    layers: tuple[str, ...]
    evidence: str
    advice: str

    @property
    def layer(self) -> str:
        """The first of the layers."""
        return self.layers[0]

    def __str__(self) -> str:
        more = f" and {len(self.layers) - 1} more" if len(self.layers) > 1 else ""
        return f"{self.layer}{more}: {self.cause}. {self.evidence} {self.advice}"
