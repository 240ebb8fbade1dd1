"""Text can be read on the ground it stands on, in both themes (WCAG 2.2, 1.4.3: 4.5 to 1)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "src/unisono/ui/assets/css/tokens.css"
PAIR = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in PAIR.findall(CSS.read_text())}
GROUNDS = ("paper", "surface", "raised", "sunken")
READABLE = [
    *((text, ground) for text in ("ink", "ink-2", "ink-3") for ground in GROUNDS),
    *(
        (f"{tone}-text", f"{tone}-soft")
        for tone in ("ok", "warn", "bad", "info", "brass", "accent")
    ),
    *((f"{tone}-text", "surface") for tone in ("ok", "warn", "bad", "info", "brass", "accent")),
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("text", "ground"), READABLE)
def test_text_is_readable(text: str, ground: str) -> None:
    for theme in (0, 1):
        assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
def test_the_accent_carries_white_text(theme: int) -> None:
    assert contrast(TOKENS["accent"][theme], "#ffffff") >= 4.5


@pytest.mark.parametrize("theme", [0, 1])
def test_the_edge_of_a_control_is_seen(theme: int) -> None:
    assert contrast(TOKENS["edge"][theme], TOKENS["surface"][theme]) >= 3
