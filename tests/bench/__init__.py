"""Measurements. `python -m tests.bench [name]`; each prints one JSON object as its last line."""
