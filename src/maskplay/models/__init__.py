"""Whole networks as functional Keras models."""

from maskplay.models.aligned_reader import AlignedReader
from maskplay.models.dgcnn_reader import DGCNNReader
from maskplay.models.reader_network import CHANNELS, ReaderNetwork

__all__ = ["CHANNELS", "AlignedReader", "DGCNNReader", "ReaderNetwork"]
