"""Objectives by name, for the command line and for files."""

from maskplay.writing.objectives.language_model import LanguageModel
from maskplay.writing.objectives.masked_lm import MaskedLM
from maskplay.writing.objectives.mixture import Mixture
from maskplay.writing.objectives.objective import Objective
from maskplay.writing.objectives.permutation_lm import PermutationLM
from maskplay.writing.objectives.sequence_to_sequence import SequenceToSequence

_KINDS = {
    "seq2seq": SequenceToSequence,
    "lm": LanguageModel,
    "mlm": MaskedLM,
    "plm": PermutationLM,
}


def objective_named(text: str) -> Objective:
    """Give an objective, or a mixture of several with weights.

    Args:
        text: "seq2seq", "lm", "mlm" or "plm"; or a mixture, "mlm:2,lm:1".

    Raises:
        ValueError: There is no such objective, one comes twice, or a weight is not above 0 and finite.

    >>> objective_named("mlm:2,lm:1")
    Mixture({MaskedLM(share=0.15, whole_words=True): 0.666..., LanguageModel(target_only=False): 0.333...})
    """
    weights: dict[Objective, float] = {}
    for part in text.split(","):
        name, colon, weight = part.strip().partition(":")
        if name not in _KINDS:
            raise ValueError(f"An objective must be one of {', '.join(_KINDS)}. Received: {name!r}")
        objective = _KINDS[name]()
        if objective in weights:
            raise ValueError(f"Each objective must be named once. Received {name} twice: {text!r}")
        try:
            weights[objective] = float(weight) if colon else 1.0
        except ValueError:
            raise ValueError(f"The weight of {name} must be a number. Received: {weight!r}") from None
    mixture = Mixture(weights)
    return mixture if len(weights) > 1 else objective
