"""The network as it is trained: whoever sees whom is data."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from maskplay import masks
from maskplay.models import TransformerConfig
from maskplay.writing.training_batches import INPUTS


def mask_of(inputs: Mapping[str, Any]) -> masks.AttentionMask:
    """Give the mask of a batch: ranks, within each document, of what may be looked at."""
    return (
        masks.ranked(inputs["ranks"]) & masks.packed(inputs["documents"]) & masks.padding(inputs["seen"] != 0)
    )


def training_model(config: TransformerConfig) -> keras.Model:
    """Make a network with fresh weights, under every mask that objectives ask for."""
    return config.build(mask_of, INPUTS)


def loss() -> keras.losses.Loss:
    """Give the loss: the sum, over positions, of weight times the surprise at the label."""
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")


def surprise(network: Any, inputs: Mapping[str, Any], labels: Any) -> Any:
    """Give the summed surprise at the labels, in nats; nothing is dropped.

    Args:
        network: the Transformer.
        inputs: int32 `(rows, length)` each, by name.
        labels: int32 `(rows, length)`; 0 for nothing.
    """
    said = network(
        inputs["tokens"], inputs["segments"], inputs["positions"], mask=mask_of(inputs), training=False
    )
    likely = ops.log_softmax(ops.cast(said, "float32"), axis=-1)
    found = ops.take_along_axis(likely, labels[:, :, None], axis=-1)[:, :, 0]
    return -ops.sum(ops.where(labels > 0, found, 0.0))
