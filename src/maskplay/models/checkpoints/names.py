"""What each family calls the weights of one and the same network."""

from collections.abc import Iterator
from dataclasses import dataclass

from maskplay.models.transformer_config import TransformerConfig


@dataclass(frozen=True)
class Named:
    """A weight of ours, and the tensor that it is elsewhere.

    Args:
        path: of the weight, below the network's own name.
        tensor: its name in a checkpoint.
        turned: whether the checkpoint has it transposed.
    """

    path: str
    tensor: str
    turned: bool = False


PREFIXES = {family: f"{family}." for family in ("bert", "albert", "electra", "roformer", "nezha")}

_BLOCK = {
    "attention/query": "attention.self.query",
    "attention/key": "attention.self.key",
    "attention/value": "attention.self.value",
    "attention/merge": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "feed_forward/inner": "intermediate.dense",
    "feed_forward/outer": "output.dense",
    "feed_forward_norm": "output.LayerNorm",
}
_ALBERT_BLOCK = {
    "attention/query": "attention.query",
    "attention/key": "attention.key",
    "attention/value": "attention.value",
    "attention/merge": "attention.dense",
    "attention_norm": "attention.LayerNorm",
    "feed_forward/inner": "ffn",
    "feed_forward/outer": "ffn_output",
    "feed_forward_norm": "full_layer_layer_norm",
}
_MASKED_LM = {
    "bert": ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions"),
    "albert": ("predictions.dense", "predictions.LayerNorm", "predictions"),
    "electra": ("generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head"),
}
_POOLER = {"bert": "bert.pooler.dense", "nezha": "nezha.pooler.dense", "albert": "albert.pooler"}

OF_OTHER_HEADS = (
    "cls.",
    "predictions.",
    "sop_classifier.",
    "generator_predictions.",
    "generator_lm_head.",
    "discriminator_predictions.",
    "qa_outputs.",
    "classifier.",
)
"""How tensors begin that belong to some head, or to the pooling before it."""

WITHOUT_WEIGHT = (
    "embeddings.position_ids",
    "embeddings.token_type_ids",
    "embed_positions.weight",
    "positions_encoding",
)
"""How tensors end that are no weights: tables that follow from the configuration."""


def encoder_names(config: TransformerConfig) -> Iterator[Named]:
    """Name the weights of everything but the head."""
    prefix = PREFIXES[config.family]
    yield Named("tokens/embeddings", f"{prefix}embeddings.word_embeddings.weight")
    if config.segments:
        yield Named("segments/embeddings", f"{prefix}embeddings.token_type_embeddings.weight")
    if config.positions == "absolute":
        yield Named("places/embeddings", f"{prefix}embeddings.position_embeddings.weight")
    yield from _norm("embedding_norm", f"{prefix}embeddings.LayerNorm")
    if config.embedding_width:
        albert = config.family == "albert"
        yield from _dense(
            "widen", prefix + ("encoder.embedding_hidden_mapping_in" if albert else "embeddings_project")
        )
    for index in range(config.groups or config.depth):
        yield from _block(config, index)


def head_names(config: TransformerConfig) -> Iterator[Named]:
    """Name the weights of the head, and of the pooling before it."""
    family = config.family
    if config.head == "masked_lm":
        dense, norm, bias = _MASKED_LM.get(family, _MASKED_LM["bert"])
        yield from _dense("transform", dense)
        yield from _norm("transform_norm", norm)
        yield Named("token_bias/bias", f"{bias}.bias")
    elif config.head == "span":
        yield from _dense("head", "qa_outputs")
    elif config.head == "token":
        yield from _dense("head", "classifier")
    elif config.head in ("classification", "pooled"):
        yield from _dense("pooler", _POOLER.get(family, "classifier.dense"))
        if config.head == "classification":
            yield from _dense("head", "classifier" if family in _POOLER else "classifier.out_proj")


def copies(config: TransformerConfig) -> dict[str, str]:
    """Name the tensors that other readers want to find a second time, each with the one that it is a copy of."""
    if config.head != "masked_lm":
        return {}
    table = f"{PREFIXES[config.family]}embeddings.word_embeddings.weight"
    if config.family == "electra":
        return {"generator_lm_head.weight": table}
    base = "predictions" if config.family == "albert" else "cls.predictions"
    return {f"{base}.decoder.weight": table, f"{base}.decoder.bias": f"{base}.bias"}


def _block(config: TransformerConfig, index: int) -> Iterator[Named]:
    if config.family == "albert":
        base, names = f"albert.encoder.albert_layer_groups.{index}.albert_layers.0.", _ALBERT_BLOCK
    else:
        base, names = f"{PREFIXES[config.family]}encoder.layer.{index}.", _BLOCK
    for ours, theirs in names.items():
        named = _norm if ours.endswith("norm") else _dense
        yield from named(f"blocks_{index}/{ours}", base + theirs)


def _dense(path: str, tensor: str) -> Iterator[Named]:
    yield Named(f"{path}/kernel", f"{tensor}.weight", turned=True)
    yield Named(f"{path}/bias", f"{tensor}.bias")


def _norm(path: str, tensor: str) -> Iterator[Named]:
    yield Named(f"{path}/gamma", f"{tensor}.weight")
    yield Named(f"{path}/beta", f"{tensor}.bias")
