"""Smoothness watched during training."""
