"""Tests of independence."""
