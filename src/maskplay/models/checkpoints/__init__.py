"""Checkpoints of others, read and written: Hugging Face folders and hub names, Google's TensorFlow 1 files."""
