"""The component kit: tokens, components, icons and front-end islands. Knows no room's rows."""

from pathlib import Path

PRINT_FONTS = Path(__file__).parent / "dist" / "fonts"
"""Where the fonts for paper lie, as `print-regular.ttf` and `print-bold.ttf`."""
