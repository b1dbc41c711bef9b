"""A network for the tokens of a coder."""

from maskplay.models import TransformerConfig
from maskplay.writing.coder import Coder


def check_rows(config: TransformerConfig, coder: Coder) -> None:
    """Require a network, built or not, that has a row for every token.

    Args:
        config: of the network.
        coder: makes the tokens.

    Raises:
        ValueError: It has fewer, or another padding.
    """
    if config.vocabulary_size < coder.size or config.pad_id != 0:
        raise ValueError(
            f"The network must have pad_id=0, and a row for each of the {coder.size} tokens. Received: "
            f"pad_id={config.pad_id}, vocabulary_size={config.vocabulary_size}"
        )
