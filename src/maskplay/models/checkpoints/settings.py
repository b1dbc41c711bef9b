"""The `config.json` of a Hugging Face folder, read and written."""

from collections.abc import Mapping
from typing import Any

from maskplay.models.checkpoints.checkpoint_error import CheckpointError
from maskplay.models.transformer_config import FAMILIES, TransformerConfig

_ACTIVATIONS = {
    "gelu": "gelu",
    "gelu_python": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
}
_WRITTEN = {"gelu": "gelu", "gelu_tanh": "gelu_new", "relu": "relu", "silu": "silu", "tanh": "tanh"}
_FIELDS = {
    "vocabulary_size": "vocab_size",
    "width": "hidden_size",
    "depth": "num_hidden_layers",
    "heads": "num_attention_heads",
    "hidden": "intermediate_size",
    "max_positions": "max_position_embeddings",
    "segments": "type_vocab_size",
}
_OPTIONAL = {
    "dropout": "hidden_dropout_prob",
    "attention_dropout": "attention_probs_dropout_prob",
    "epsilon": "layer_norm_eps",
    "initial_deviation": "initializer_range",
    "pad_id": "pad_token_id",
}
_OF_SOME_FAMILIES = {
    "embedding_width": "embedding_size",
    "max_distance": "max_relative_position",
    "rotate_values": "rotary_value",
    "groups": "num_hidden_groups",
}
# What transformers takes where a file says nothing, and we would not.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "albert": {
        "embedding_size": 128,
        "hidden_act": "gelu_new",
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
    },
    "electra": {"embedding_size": 128},
}
_POSITIONS = {"roformer": "rotary", "nezha": "relative"}
_CLASSES = {
    "bert": "Bert",
    "albert": "Albert",
    "electra": "Electra",
    "roformer": "RoFormer",
    "nezha": "Nezha",
}
_LABELLED = ("token", "classification")
_HEADS = {
    "masked_lm": "ForMaskedLM",
    "span": "ForQuestionAnswering",
    "token": "ForTokenClassification",
    "classification": "ForSequenceClassification",
}


def read_settings(
    values: Mapping[str, Any], head: str | None, labels: int | None, where: str
) -> TransformerConfig:
    """Give the network that a `config.json` describes.

    Args:
        values: what the file holds.
        head: what the network says.
        labels: of the head; default: as many as the file names.
        where: the file, for messages.

    Raises:
        CheckpointError: It is of a family that we do not know, or lacks something, or asks for what we do not have.
    """
    family = family_of(values)
    if family not in FAMILIES:
        raise CheckpointError(
            f"{where}: model_type must be one of {', '.join(FAMILIES)}. Received: {family!r}"
        )
    missing = [theirs for theirs in _FIELDS.values() if values.get(theirs) is None]
    if missing:
        raise CheckpointError(f"{where} lacks {', '.join(missing)}.")
    _refuse_others(values, family, where)
    values = _DEFAULTS.get(family, {}) | {name: value for name, value in values.items() if value is not None}
    activation = values.get("hidden_act", "gelu")
    if not isinstance(activation, str) or activation not in _ACTIVATIONS:
        raise CheckpointError(
            f"{where}: hidden_act must be one of {', '.join(_ACTIVATIONS)}. Received: {activation!r:.60}"
        )
    labelled = _labels(values, head, labels, where)
    try:
        return TransformerConfig(
            **{ours: values[theirs] for ours, theirs in (_FIELDS | _OPTIONAL).items() if theirs in values},
            embedding_width=_embedding_width(values, family),
            positions=_POSITIONS.get(family, "absolute"),
            max_distance=values.get("max_relative_position", 64),
            rotate_values=values.get("rotary_value", False),
            groups=values.get("num_hidden_groups", 1) if family == "albert" else None,
            activation=_ACTIVATIONS[activation],
            head=head,
            family=family,
            **labelled,
        )
    except (TypeError, ValueError) as error:
        theirs = (_FIELDS | _OPTIONAL | _OF_SOME_FAMILIES).get(str(error).split(maxsplit=1)[0])
        raise CheckpointError(f"{where}: {error}" + (f". It is {theirs} there" if theirs else "")) from error


def family_of(values: Mapping[str, Any]) -> str | None:
    """Give the family that a `config.json` names; if it names none, the one that it is of, None if that is not clear.

    Configurations of Google name no family; those of NEZHA say how far distances go.
    """
    if values.get("model_type"):
        return str(values["model_type"])
    if "max_relative_position" in values or values.get("use_relative_position"):
        return "nezha"
    return "bert" if "hidden_size" in values and "embedding_size" not in values else None


def write_settings(config: TransformerConfig) -> dict[str, Any]:
    """Give the `config.json` of a network.

    Raises:
        ValueError: The family has no such networks.
    """
    _require_family(config)
    values: dict[str, Any] = {"model_type": config.family}
    if config.head != "pooled":
        values["architectures"] = [_CLASSES[config.family] + _HEADS.get(config.head or "", "Model")]
    values |= {theirs: getattr(config, ours) for ours, theirs in (_FIELDS | _OPTIONAL).items()}
    values |= {"hidden_act": _WRITTEN[config.activation], "tie_word_embeddings": True}
    if config.family in ("albert", "electra", "roformer"):
        values["embedding_size"] = config.table_width
    if config.family == "albert":
        values |= {"num_hidden_groups": config.groups, "inner_group_num": 1}
    if config.family == "roformer":
        values["rotary_value"] = config.rotate_values
    if config.family == "nezha":
        values["max_relative_position"] = config.max_distance
    if config.head in _LABELLED:
        names = config.label_names or _without_names(config.labels)
        values["id2label"] = {str(i): name for i, name in enumerate(names)}
        values["label2id"] = {name: i for i, name in enumerate(names)}
    return values


def _labels(values: Mapping[str, Any], head: str | None, labels: int | None, where: str) -> dict[str, Any]:
    """Give how many labels the head has and what they are called, which is of no interest to other heads."""
    if head not in _LABELLED:
        return {} if labels is None else {"labels": labels}
    named = values.get("id2label") or {}
    try:
        names = tuple(str(named[str(i)]) for i in range(len(named)))
    except (KeyError, IndexError, TypeError, AttributeError):
        raise CheckpointError(
            f'{where}: id2label must name the labels from 0 on, {{"0": …}}. Received: {named!r:.60}'
        ) from None
    if labels is None:
        labels = len(names) or values.get("num_labels", 2)
    if len(names) != labels or names == _without_names(len(names)):
        return {"labels": labels}
    return {"labels": labels, "label_names": names}


def _without_names(count: int) -> tuple[str, ...]:
    """Give what transformers calls labels that have no names."""
    return tuple(f"LABEL_{i}" for i in range(count))


def _embedding_width(values: Mapping[str, Any], family: str) -> int | None:
    width = values.get("embedding_size")
    if family == "albert":
        return width
    return width if family in ("electra", "roformer") and width != values["hidden_size"] else None


def _refuse_others(values: Mapping[str, Any], family: str, where: str) -> None:
    refused = {
        "position_embedding_type": ("absolute", None),
        "inner_group_num": (1, None),
        "is_decoder": (False, None),
        "add_cross_attention": (False, None),
        "tie_word_embeddings": (True, None),
    }
    for name, allowed in refused.items():
        if values.get(name) not in allowed:
            raise CheckpointError(f"{where}: {name} must be {allowed[0]}. Received: {values[name]!r}")


def _require_family(config: TransformerConfig) -> None:
    wanted = {
        "positions": _POSITIONS.get(config.family, "absolute"),
        "norm": "post",
        "groups": config.groups if config.family == "albert" and config.groups else None,
    }
    wrong = {name: getattr(config, name) for name, value in wanted.items() if getattr(config, name) != value}
    if config.family == "albert" and not config.embedding_width:
        wrong["embedding_width"] = None
    if config.family in ("bert", "nezha") and config.embedding_width:
        wrong["embedding_width"] = config.embedding_width
    if config.head == "pooled" and config.family in ("electra", "roformer"):
        wrong["head"] = config.head
    if wrong:
        raise ValueError(
            f"Checkpoints of the family {config.family!r} have no networks with {wrong}. Save the model by Keras, "
            "model.save(…), or choose another family."
        )
