"""The demo's photographs, painted: light in the house's colours, and always the same."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

SIZE = (1200, 800)
Colours = tuple[str, str, str]
"""Dark, middle and light."""


def painted(scene: str, colours: Colours, *, key: str) -> bytes:
    """A JPEG of 1200 × 800; `key` decides on the grain and on small chances of the scene."""
    chance = Random(key)
    canvas = _SCENES[scene](colours, chance)
    out = io.BytesIO()
    _grained(canvas, chance).save(out, "JPEG", quality=86)
    return out.getvalue()


def _dome(colours: Colours, chance: Random) -> Image.Image:
    """A dome of glass on a stem, standing on a table."""
    dark, middle, light = colours
    canvas = _room(dark, middle, horizon=0.72)
    x, y = 470 + chance.randrange(200), 330
    canvas = _glow(canvas, (x, y), 620, middle, 0.9)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((x - 7, y + 60, x + 7, 575), fill=_mixed(dark, light, 0.35))
    draw.ellipse((x - 90, 560, x + 90, 596), fill=_mixed(dark, light, 0.28))
    canvas = _glow(canvas, (x, 600), 380, light, 0.35, flat=0.22)
    shade = Image.new("L", SIZE)
    ImageDraw.Draw(shade).pieslice((x - 170, y - 190, x + 170, y + 170), 180, 360, fill=255)
    canvas.paste(_up_and_down(middle, light), mask=shade.filter(ImageFilter.GaussianBlur(2)))
    return _glow(canvas, (x, y - 8), 260, light, 0.75)


def _pendants(colours: Colours, chance: Random) -> Image.Image:
    """Three pendants of different heights above a long table."""
    dark, middle, light = colours
    canvas = _room(dark, _mixed(dark, middle, 0.55), horizon=0.8)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((120, 640, 1080, 668), fill=_mixed(dark, light, 0.22))
    for at in range(3):
        x, y = 290 + at * 310, 250 + (at % 2) * 90 + chance.randrange(40)
        ImageDraw.Draw(canvas).line((x, 0, x, y - 80), fill=_mixed(dark, light, 0.4), width=3)
        canvas = _glow(canvas, (x, y), 330, middle, 0.8)
        shade = Image.new("L", SIZE)
        ImageDraw.Draw(shade).ellipse((x - 88, y - 88, x + 88, y + 88), fill=255)
        ball = _up_and_down(_mixed(middle, light, 0.45), light)
        canvas.paste(ball, mask=shade.filter(ImageFilter.GaussianBlur(2)))
        canvas = _glow(canvas, (x, y), 210, light, 0.65)
        canvas = _glow(canvas, (x, 645), 260, light, 0.4, flat=0.2)
    return canvas


def _wall(colours: Colours, chance: Random) -> Image.Image:
    """A fan of light on plaster, up and down from one lamp."""
    dark, middle, light = colours
    canvas = _room(dark, middle, horizon=1.0)
    x = 520 + chance.randrange(160)
    for up in (True, False):
        fan = Image.new("L", SIZE)
        far = -60 if up else 860
        shape = [(x - 46, 400), (x + 46, 400), (x + 330, far), (x - 330, far)]
        ImageDraw.Draw(fan).polygon(shape, fill=210)
        fan = fan.filter(ImageFilter.GaussianBlur(70))
        canvas = _lit(canvas, fan, light, 0.75 if up else 0.55)
    draw = ImageDraw.Draw(canvas)
    draw.rounded_rectangle((x - 62, 320, x + 62, 480), 30, fill=_mixed(dark, middle, 0.35))
    return _glow(canvas, (x, 400), 240, light, 0.35)


def _floor(colours: Colours, chance: Random) -> Image.Image:
    """A slender lamp beside a window at dusk."""
    dark, middle, light = colours
    canvas = _room(dark, _mixed(dark, middle, 0.4), horizon=0.84)
    window = Image.new("RGB", (330, 470))
    window.paste(_gradient(window.size, "#27395c", middle))
    canvas.paste(window, (700 + chance.randrange(60), 110))
    draw = ImageDraw.Draw(canvas)
    draw.line((420, 300, 420, 690), fill=_mixed(dark, light, 0.45), width=6)
    draw.ellipse((340, 676, 500, 704), fill=_mixed(dark, light, 0.3))
    canvas = _glow(canvas, (420, 250), 520, middle, 0.85)
    cone = [(360, 320), (480, 320), (456, 170), (384, 170)]
    ImageDraw.Draw(canvas).polygon(cone, fill=_mixed(middle, light, 0.7))
    canvas = _glow(canvas, (420, 240), 260, light, 0.6)
    return _glow(canvas, (430, 700), 420, light, 0.3, flat=0.18)


def _gather(colours: Colours, chance: Random) -> Image.Image:
    """Hot glass at the end of a pipe."""
    dark, middle, light = colours
    canvas = _room(dark, _mixed(dark, middle, 0.3), horizon=0.9)
    x, y = 690 + chance.randrange(80), 380 + chance.randrange(60)
    draw = ImageDraw.Draw(canvas)
    draw.line((-20, 720, x, y), fill=_mixed(dark, light, 0.3), width=16)
    canvas = _glow(canvas, (x, y), 560, middle, 0.95)
    shade = Image.new("L", SIZE)
    ImageDraw.Draw(shade).ellipse((x - 130, y - 165, x + 130, y + 150), fill=255)
    body = _up_and_down(light, middle)
    canvas.paste(body, mask=shade.filter(ImageFilter.GaussianBlur(7)))
    canvas = _glow(canvas, (x - 30, y - 50), 200, "#fff4d8", 0.85)
    for _spark in range(26):
        at = (chance.randrange(300, 1150), chance.randrange(60, 760))
        canvas = _glow(canvas, at, chance.randrange(5, 15), light, 0.9)
    return canvas


def _furnace(colours: Colours, chance: Random) -> Image.Image:
    """An open furnace door in the dark."""
    dark, middle, light = colours
    canvas = _room(dark, _mixed(dark, middle, 0.22), horizon=0.82)
    canvas = _glow(canvas, (600, 380), 700, middle, 0.9)
    draw = ImageDraw.Draw(canvas)
    draw.rounded_rectangle((390, 150, 810, 610), 210, fill=_mixed(dark, middle, 0.25))
    hole = Image.new("L", SIZE)
    ImageDraw.Draw(hole).rounded_rectangle((450, 220, 750, 560), 150, fill=255)
    canvas.paste(_up_and_down(light, middle), mask=hole.filter(ImageFilter.GaussianBlur(4)))
    canvas = _glow(canvas, (600, 400), 300, "#fff0c9", 0.75)
    return _glow(canvas, (600 + chance.randrange(-20, 20), 690), 520, light, 0.4, flat=0.2)


def _windows(colours: Colours, chance: Random) -> Image.Image:
    """Morning light through tall windows onto benches."""
    dark, middle, light = colours
    canvas = _room(_mixed(dark, middle, 0.45), middle, horizon=0.7)
    draw = ImageDraw.Draw(canvas)
    for at in range(4):
        x = 110 + at * 270
        draw.rectangle((x, 60, x + 150, 430), fill=_mixed(middle, light, 0.8))
        draw.line((x + 75, 60, x + 75, 430), fill=_mixed(dark, middle, 0.6), width=5)
        draw.line((x, 245, x + 150, 245), fill=_mixed(dark, middle, 0.6), width=5)
        beam = Image.new("L", SIZE)
        shape = [(x, 60), (x + 150, 60), (x + 420, 800), (x + 190, 800)]
        ImageDraw.Draw(beam).polygon(shape, fill=120 + chance.randrange(50))
        canvas = _lit(canvas, beam.filter(ImageFilter.GaussianBlur(34)), light, 0.45)
        draw = ImageDraw.Draw(canvas)
    draw.rectangle((60, 610, 620, 640), fill=dark)
    draw.rectangle((700, 650, 1150, 680), fill=dark)
    for x in (110, 570, 760, 1090):
        draw.rectangle((x, 630, x + 22, 800), fill=dark)
    return canvas


def _bands(colours: Colours, chance: Random) -> Image.Image:
    """Four finishes of one metal, side by side."""
    dark, middle, light = colours
    canvas = Image.new("RGB", SIZE, dark)
    for at in range(4):
        strip = _gradient((260, 640), _mixed(dark, middle, 0.35 + at * 0.2), middle)
        shine = Image.new("L", strip.size)
        x = 60 + chance.randrange(100)
        ImageDraw.Draw(shine).rectangle((x, 0, x + 24 + at * 16, 640), fill=90 + at * 45)
        strip = _lit(strip, shine.filter(ImageFilter.GaussianBlur(26 - at * 5)), light, 1.0)
        canvas.paste(strip, (50 + at * 280, 80))
    return _glow(canvas, (150, 100), 760, light, 0.22)


def _street(colours: Colours, chance: Random) -> Image.Image:
    """A shop window at dusk, and its light on the pavement."""
    dark, middle, light = colours
    canvas = Image.new("RGB", SIZE)
    canvas.paste(_gradient(SIZE, dark, middle))
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((140, 90, 1060, 640), fill=_mixed(dark, middle, 0.25))
    for _window in range(5):
        x = 190 + _window * 175
        draw.rectangle((x, 120, x + 90, 230), fill=_mixed(dark, light, 0.1 + 0.3 * chance.random()))
    window = _gradient((640, 300), light, _mixed(middle, light, 0.4))
    canvas.paste(window, (280, 300))
    draw.rectangle((960, 330, 1030, 640), fill=_mixed(dark, light, 0.25))
    for _lamp in range(3):
        x, y = 380 + _lamp * 200 + chance.randrange(50), 400 + chance.randrange(60)
        draw = ImageDraw.Draw(canvas)
        draw.line((x, 300, x, y), fill=_mixed(dark, middle, 0.5), width=3)
        draw.ellipse((x - 34, y - 34, x + 34, y + 34), fill=_mixed(middle, light, 0.5))
        canvas = _glow(canvas, (x, y), 120, "#fff6df", 0.8)
    canvas = _glow(canvas, (600, 450), 620, light, 0.35)
    pavement = ImageOps.flip(canvas.crop((0, 480, 1200, 640)))
    pavement = pavement.filter(ImageFilter.GaussianBlur(9)).point(lambda value: int(value * 0.62))
    canvas.paste(pavement, (0, 640))
    return canvas


def _sketch(colours: Colours, chance: Random) -> Image.Image:
    """A page of a sketchbook: many tries in pencil, one stroke in colour."""
    paper, pencil, accent = colours
    canvas = Image.new("RGB", SIZE, paper)
    draw = ImageDraw.Draw(canvas)
    for stroke in range(70):
        grey = _mixed(paper, pencil, 0.2 + 0.6 * chance.random())
        dx, dy = chance.gauss(0, 9), chance.gauss(0, 9)
        left, top = 420 + dx - stroke % 3 * 14, 170 + dy
        draw.arc((left, top, left + 360, top + 420), 180 + dx, 360 + dy, fill=grey, width=2)
        x = 600 + chance.gauss(0, 5)
        draw.line((x, 380 + dy, x + dx / 3, 640 + dy), fill=grey, width=2)
        draw.arc((490 + dx, 600 + dy, 710 + dx, 690 + dy), 0, 360, fill=grey, width=1)
    for note in range(6):
        y = 180 + note * 34
        draw.line((120, y, 210 + chance.randrange(120), y), fill=_mixed(paper, pencil, 0.4))
    draw.arc((418, 168, 782, 592), 196, 344, fill=accent, width=9)
    return canvas


_SCENES: dict[str, Callable[[Colours, Random], Image.Image]] = {
    "dome": _dome,
    "pendants": _pendants,
    "wall": _wall,
    "floor": _floor,
    "gather": _gather,
    "furnace": _furnace,
    "windows": _windows,
    "bands": _bands,
    "street": _street,
    "sketch": _sketch,
}


def _room(dark: str, middle: str, *, horizon: float) -> Image.Image:
    """A wall that gets lighter downwards, and a darker floor or table."""
    canvas = Image.new("RGB", SIZE)
    canvas.paste(_gradient(SIZE, dark, _mixed(dark, middle, 0.45)))
    if horizon < 1:
        height = int(SIZE[1] * (1 - horizon)) + 1
        floor = _gradient((SIZE[0], height), _mixed(dark, middle, 0.3), dark)
        canvas.paste(floor, (0, SIZE[1] - height))
    return canvas


def _glow(
    canvas: Image.Image,
    at: tuple[int, int],
    radius: int,
    colour: str,
    strength: float,
    *,
    flat: float = 1.0,
) -> Image.Image:
    """Light around a point; `flat` presses it into an ellipse, as on a table."""
    disc = ImageOps.invert(Image.radial_gradient("L"))
    # The gradient ends in the corners of its square: what lies beyond the circle goes.
    disc = disc.point(lambda value: max(0, value - 75) * 255 // 180)
    height = max(2, int(radius * 2 * flat))
    mask = Image.new("L", canvas.size)
    mask.paste(disc.resize((radius * 2, height)), (at[0] - radius, at[1] - height // 2))
    return _lit(canvas, mask, colour, strength)


def _lit(canvas: Image.Image, mask: Image.Image, colour: str, strength: float) -> Image.Image:
    """Add light of a colour where the mask is white."""
    light = Image.new("RGB", canvas.size, colour)
    mask = mask.point(lambda value: int(value * strength))
    return ImageChops.screen(canvas, ImageChops.multiply(light, Image.merge("RGB", [mask] * 3)))


def _up_and_down(top: str, bottom: str) -> Image.Image:
    return _gradient(SIZE, top, bottom)


def _gradient(size: tuple[int, int], top: str, bottom: str) -> Image.Image:
    return ImageOps.colorize(Image.linear_gradient("L").resize(size), top, bottom)


def _mixed(one: str, other: str, share: float) -> str:
    """A colour between two, `share` of the way to the second."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _grained(canvas: Image.Image, chance: Random) -> Image.Image:
    """Film grain, so that gradients do not show steps."""
    small = (SIZE[0] // 2, SIZE[1] // 2)
    noise = Image.frombytes("L", small, chance.randbytes(small[0] * small[1])).resize(SIZE)
    return Image.blend(canvas, Image.merge("RGB", [noise] * 3), 0.035)
