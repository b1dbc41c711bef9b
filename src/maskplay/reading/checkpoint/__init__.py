"""Readers that others trained: question-answering checkpoints of the BERT family."""
