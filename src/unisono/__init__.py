"""Unisono: one voice, every department."""

__version__ = "0.1.0"
