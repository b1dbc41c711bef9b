"""The network of a writer that begins from nothing."""

from typing import Any

from maskplay._number import checked_number
from maskplay.models import TransformerConfig

_LEAST = 4  # positions: a token of the source, one of the target, two marks


def fresh_network(
    tokens: int, width: int, heads: int | None, hidden: int | None, **config: Any
) -> TransformerConfig:
    """Give the configuration of `Writer.new`.

    Args:
        tokens: how many there are.
        width: channels.
        heads: of the attention; default: one for each 64 channels.
        hidden: channels inside of the feed-forward networks; default: 4 times `width`.
        **config: other fields of `TransformerConfig`, which take the place of ours.

    Raises:
        TypeError: A size is no whole number.
        ValueError: One is out of its range.

    >>> fresh_network(9, width=128, heads=None, hidden=None, depth=2).hidden
    512
    """
    width = checked_number("width", width, int, 1)
    settings: dict[str, Any] = {
        "norm": "pre",
        "positions": "rotary",
        # BERT's deviation at BERT's width; with less of either, what blocks add drowns.
        "initial_deviation": 0.02 * (768 / width) ** 0.5,
        "attention_dropout": 0.0,  # with it, attention is spelled out in training
        **config,
    }
    network = TransformerConfig(
        vocabulary_size=tokens,
        width=width,
        heads=max(1, width // 64) if heads is None else heads,
        hidden=4 * width if hidden is None else hidden,
        head="masked_lm",
        **settings,
    )
    if network.limit is not None:
        checked_number("max_positions", network.limit, int, _LEAST)
    return network
