"""Whole networks as functional Keras models, and the checkpoints of others."""

from maskplay.models.aligned_reader import AlignedReader
from maskplay.models.checkpoints.checkpoint_error import CheckpointError
from maskplay.models.dgcnn_reader import DGCNNReader
from maskplay.models.keep_tokens import KeptTokens, keep_tokens, restore_tokens
from maskplay.models.load_checkpoint import load_checkpoint
from maskplay.models.reader_network import CHANNELS, ReaderNetwork
from maskplay.models.save_checkpoint import save_checkpoint
from maskplay.models.transformer_config import TransformerConfig

__all__ = [
    "CHANNELS",
    "AlignedReader",
    "CheckpointError",
    "DGCNNReader",
    "KeptTokens",
    "ReaderNetwork",
    "TransformerConfig",
    "keep_tokens",
    "load_checkpoint",
    "restore_tokens",
    "save_checkpoint",
]
