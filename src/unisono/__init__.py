"""Unisono: one voice, every department."""

import os

__version__ = "0.1.0"

# Our matrices are small: threads of the linear algebra gain nothing, and where processors are
# shared their waiting for each other costs a hundredfold. It is read when numpy is first loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
