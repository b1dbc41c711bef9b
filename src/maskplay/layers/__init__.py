"""Layers built from layers, which carry their masks explicitly."""

from maskplay.layers._layer_case import LayerCheckError
from maskplay.layers.attention_pooling1d import AttentionPooling1D
from maskplay.layers.check_layer import check_layer
from maskplay.layers.composite import Composite
from maskplay.layers.dilated_gated_conv1d import DilatedGatedConv1D
from maskplay.layers.exact_match import ExactMatch
from maskplay.layers.feed_forward import FeedForward
from maskplay.layers.hybrid_embedding import HybridEmbedding
from maskplay.layers.masked import Masked
from maskplay.layers.self_attention import SelfAttention
from maskplay.layers.sinusoidal_position_embedding import SinusoidalPositionEmbedding
from maskplay.layers.transformer_block import TransformerBlock
from maskplay.layers.uniform_noise import UniformNoise

__all__ = [
    "AttentionPooling1D",
    "Composite",
    "DilatedGatedConv1D",
    "ExactMatch",
    "FeedForward",
    "HybridEmbedding",
    "LayerCheckError",
    "Masked",
    "SelfAttention",
    "SinusoidalPositionEmbedding",
    "TransformerBlock",
    "UniformNoise",
    "check_layer",
]
