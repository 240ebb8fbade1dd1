"""Reading uploaded images safely: header first, then a full decode, then written anew."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from unisono.kernel.refusals import Invalid

BYTES_MAX = 20 * 1024 * 1024
PIXELS_MAX = 50_000_000
FRAMES_MAX = 500
THUMBNAIL = (480, 480)
FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
SUFFIX = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
}


class NotAnImage(Invalid):
    """The file is of a kind that cannot be used."""

    code = "wrong_media_type"


class ImageTooLarge(Invalid):
    """The file has too many bytes or pixels."""

    code = "media_too_large"


@dataclass(frozen=True)
class Picture:
    """An image as it will be stored: `data` is `mime` of `width` × `height` pixels."""

    data: bytes
    mime: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def read(data: bytes) -> Picture:
    """Decode an upload and write it anew, upright and without its metadata (EXIF, GPS).

    Only the header is trusted until the pixel count is known: a 500 kB PNG can hold 177 megapixels.
    Animations keep their bytes. Raises NotAnImage or ImageTooLarge.
    """
    if len(data) > BYTES_MAX:
        raise ImageTooLarge(
            _("This file is larger than %(mb)s MB.") % {"mb": BYTES_MAX // 1024 // 1024},
            field="file",
        )
    try:
        image = Image.open(io.BytesIO(data), formats=tuple(FORMATS))
        mime = FORMATS[image.format or ""]
        frames = getattr(image, "n_frames", 1)
        if image.width * image.height * frames > PIXELS_MAX or frames > FRAMES_MAX:
            raise ImageTooLarge(_("This image has too many pixels."), field="file")
        if frames > 1:
            image.load()
            return Picture(data, mime, image.width, image.height)
        return _written(ImageOps.exif_transpose(image), mime)
    except (
        UnidentifiedImageError,
        KeyError,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        raise NotAnImage(
            _("This file is not an image we can use. JPEG, PNG, WebP and GIF work."),
            field="file",
        ) from error


def thumbnail(picture: Picture) -> Picture:
    """A small WebP form of the picture, for lists and previews."""
    image = Image.open(io.BytesIO(picture.data))
    image.seek(0)
    small = image.convert("RGBA" if "A" in image.getbands() else "RGB")
    small.thumbnail(THUMBNAIL)
    return _written(small, "image/webp")


def _written(image: Image.Image, mime: str) -> Picture:
    out = io.BytesIO()
    if mime == "image/jpeg":
        image = image if image.mode in ("L", "RGB") else image.convert("RGB")
        image.save(out, "JPEG", quality=90, optimize=True)
    elif mime == "image/webp":
        image.save(out, "WEBP", quality=82)
    else:
        image.save(out, mime.removeprefix("image/").upper())
    return Picture(out.getvalue(), mime, image.width, image.height)
