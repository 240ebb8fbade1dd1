"""What the plan looks like outside the pages: its states in words, its fonts on paper."""

from __future__ import annotations

from typing import Any

from unisono.ui import PRINT_FONTS
from unisono.ui.states import badge


def label(state: str) -> str:
    """A state in words, in the language active now."""
    return str(badge(state)[1])


ON_PAPER: dict[str, Any] = {"label": label, "fonts": PRINT_FONTS}
"""What a PDF of the plan is given by whichever door makes it."""
