"""What a BERT-family Transformer looks like."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from maskplay._number import checked_number

if TYPE_CHECKING:
    from maskplay.masks import AttentionMask

FAMILIES = ("bert", "albert", "electra", "roformer", "nezha")
HEADS = ("masked_lm", "span", "token", "classification", "pooled")
POSITIONS = ("absolute", "relative", "rotary", "none")
ACTIVATIONS = ("gelu", "gelu_tanh", "relu", "silu", "tanh")
_WHOLE = {
    "vocabulary_size": 1,
    "width": 1,
    "depth": 1,
    "heads": 1,
    "hidden": 1,
    "embedding_width": 1,
    "max_positions": 1,
    "max_distance": 1,
    "segments": 0,
    "groups": 1,
    "pad_id": 0,
    "labels": 1,
}
_MAY_BE_NONE = ("embedding_width", "groups")
_MOST = {"depth": 10_000, "max_positions": 2**22}  # tables of waves grow with positions, and are no weights
_MOST_WEIGHTS = 2**36  # 256 GiB of them; what Keras begins to build and cannot leaves later networks broken
_NUMBERS: dict[str, tuple[Callable[[float], bool], str]] = {
    "dropout": (lambda x: 0 <= x < 1, "from 0 to below 1"),
    "attention_dropout": (lambda x: 0 <= x < 1, "from 0 to below 1"),
    "epsilon": (lambda x: 0 < x < 1, "above 0 and below 1"),
    "initial_deviation": (lambda x: x >= 0, "at least 0"),
}

MaskOf = Callable[[Mapping[str, Any]], "AttentionMask"]


@dataclass(frozen=True)
class TransformerConfig:
    """Configuration of a BERT-family Transformer; every field is a JSON value.

    Args:
        vocabulary_size: token ids.
        width: channels.
        depth: blocks that a position goes through.
        heads: of the attention.
        hidden: channels inside of the feed-forward networks.
        embedding_width: channels of the embeddings, which a dense layer brings to `width` (ELECTRA, ALBERT); default:
            `width`, and no such layer.
        positions: "absolute": a learned vector each (BERT); "relative": sines of the distance, added to keys and values
            (NEZHA); "rotary": queries and keys are turned (RoFormer); "none".
        max_positions: rows of the table of absolute positions, and the longest input with rotary ones.
        max_distance: relative distances beyond are this one.
        rotate_values: rotary positions turn the values as well.
        segments: kinds of segments, 0 for none.
        norm: "post" (BERT) or "pre"; see `maskplay.layers.TransformerBlock`.
        groups: blocks with weights of their own; default: `depth`. ALBERT has one, used again and again.
        activation: "gelu", "gelu_tanh", "relu", "silu" or "tanh".
        dropout: share dropped of the embeddings and of what blocks add, in training.
        attention_dropout: share of the attention's weights dropped in training.
        epsilon: of the normalizations.
        initial_deviation: standard deviation of fresh kernels.
        pad_id: the id of padding.
        head: what the network says: None, the last block's states `(batch, length, width)`; "masked_lm", logits
            `(batch, length, vocabulary_size)`, tied to the embeddings; "span", logits of start and end
            `(batch, length, 2)`; "token", `(batch, length, labels)`; "classification", `(batch, labels)`; "pooled",
            `(batch, width)`.
        labels: of the last two but one.
        family: whose checkpoints it reads and writes, and whose way of pooling it has: "bert", "albert", "electra",
            "roformer" or "nezha".
        label_names: what the labels are called, one for each; None: they have no names.

    Raises:
        TypeError: A size is no whole number, or a share no number.
        ValueError: Something is out of its range; the message begins with its name. Or all sizes together make more
            weights than any machine holds.

    >>> config = TransformerConfig(vocabulary_size=50, width=8, depth=1, heads=2, hidden=16, head="span")
    >>> TransformerConfig(**config.to_dict()) == config
    True
    """

    vocabulary_size: int
    width: int = 768
    depth: int = 12
    heads: int = 12
    hidden: int = 3072
    embedding_width: int | None = None
    positions: str = "absolute"
    max_positions: int = 512
    max_distance: int = 64
    rotate_values: bool = False
    segments: int = 2
    norm: str = "post"
    groups: int | None = None
    activation: str = "gelu"
    dropout: float = 0.1
    attention_dropout: float = 0.1
    epsilon: float = 1e-12
    initial_deviation: float = 0.02
    pad_id: int = 0
    head: str | None = None
    labels: int = 2
    family: str = "bert"
    label_names: Sequence[str] | None = None  # kept as a tuple

    def __post_init__(self) -> None:
        for name, least in _WHOLE.items():
            if getattr(self, name) is not None or name not in _MAY_BE_NONE:
                most = _MOST.get(name, 2**31 - 1)
                object.__setattr__(self, name, checked_number(name, getattr(self, name), int, least, most))
        for name, (fits, rule) in _NUMBERS.items():
            value = checked_number(name, getattr(self, name), float)
            if not fits(value):
                raise ValueError(f"{name} must be {rule}. Received: {value}")
            object.__setattr__(self, name, value)
        if not isinstance(self.rotate_values, bool):
            raise ValueError(f"rotate_values must be True or False. Received: {self.rotate_values!r:.60}")
        choices = {
            "positions": POSITIONS,
            "norm": ("post", "pre"),
            "activation": ACTIVATIONS,
            "head": (None, *HEADS),
            "family": FAMILIES,
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {allowed}. Received: {getattr(self, name)!r:.60}")
        if self.width % self.heads:
            raise ValueError(f"heads must divide width. Received: heads={self.heads}, width={self.width}")
        if self.positions in ("relative", "rotary") and self.width // self.heads % 2:
            raise ValueError(
                f"width must be an even number for each head with {self.positions} positions. Received: "
                f"width={self.width}, heads={self.heads}"
            )
        if self.groups is not None and self.groups > self.depth:
            raise ValueError(f"groups must be from 1 to depth={self.depth}. Received: {self.groups}")
        if self._weights > _MOST_WEIGHTS:
            sizes = ", ".join(f"{name}={getattr(self, name)}" for name in _WHOLE)
            raise ValueError(
                f"The network must have at most {_MOST_WEIGHTS:,} weights. Received sizes that make "
                f"{self._weights:,}: {sizes}. Make the largest of them smaller."
            )
        if self.pad_id >= self.vocabulary_size:
            raise ValueError(
                f"pad_id must be one of the {self.vocabulary_size} tokens. Received: {self.pad_id}"
            )
        if self.label_names is not None:
            object.__setattr__(self, "label_names", _names(self.label_names, self.labels))

    @property
    def table_width(self) -> int:
        """Channels of the embeddings."""
        return self.embedding_width or self.width

    @property
    def limit(self) -> int | None:
        """Positions that an input may have; None: any number."""
        return self.max_positions if self.positions in ("absolute", "rotary") else None

    @property
    def _weights(self) -> int:
        """Count the weights, but for biases and norms."""
        places = self.max_positions if self.positions == "absolute" else 0
        tables = self.table_width * (self.vocabulary_size + self.segments + places + self.width)
        block = self.width * (4 * self.width + 2 * self.hidden)
        return tables + (self.groups or self.depth) * block + self.width * self.labels

    def to_dict(self) -> dict[str, Any]:
        """Give the configuration as JSON-able values."""
        names = self.label_names
        return asdict(self) | {"label_names": None if names is None else list(names)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TransformerConfig":
        """Give the configuration of `to_dict`.

        Raises:
            ValueError: There are fields of no configuration.
        """
        known = {field.name for field in fields(cls)}
        if set(values) - known:
            raise ValueError(
                f"A TransformerConfig has no fields {sorted(set(values) - known)}. It has: {sorted(known)}"
            )
        return cls(**values)

    def layer(self, **kwargs: Any) -> Any:
        """Make the network as a Keras layer, `maskplay.models.transformer.Transformer`, with fresh weights."""
        from maskplay.models.transformer import Transformer

        return Transformer(self.to_dict(), **kwargs)

    def build(
        self,
        mask: MaskOf | None = None,
        inputs: Sequence[str] = ("tokens", "segments"),
        length: int | None = None,
    ) -> Any:
        """Make the network as a functional Keras model, with fresh weights and its mask in the graph.

        Args:
            mask: from the model's inputs by name to the attention mask; it is called once, on symbolic tensors, and
                what it does with them becomes part of the graph. Default: the padding of the tokens.
            inputs: names of the inputs, int32 `(batch, length)` each. The network reads "tokens", "segments" and
                "positions"; the mask may read any, such as "ranks" and "documents" for `masks.ranked` and
                `masks.packed`.
            length: of the inputs, where it is always the same; masks such as `masks.causal(length)` need to know it.

        Raises:
            ValueError: "tokens" is not among the inputs.

        >>> from maskplay import masks
        >>> config = TransformerConfig(vocabulary_size=50, width=8, depth=1, heads=2, hidden=16)
        >>> model = config.build(lambda x: masks.prefix(x["segments"]) & masks.padding(x["tokens"] != 0))
        >>> model.output_shape
        (None, None, 8)
        """
        from maskplay.models.transformer import functional

        return functional(self, mask, inputs, length)


def _names(names: Any, labels: int) -> tuple[str, ...]:
    given = isinstance(names, Sequence) and all(isinstance(name, str) for name in names)
    if isinstance(names, str) or not given or len(names) != labels:
        raise ValueError(f"label_names must be {labels} names, as many as labels. Received: {names!r:.60}")
    return tuple(names)
