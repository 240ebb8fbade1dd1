"""The places of the pretend network. They differ so that limits, audiences and promises differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Promise(StrEnum):
    """What a place offers against a second post.

    KEY: a repeated key makes no second post, and finds the first. CONTAINER: a post is prepared
    unseen, then made public, and the container tells which. LIST: an account can read its own
    posts. NOTHING: what was written cannot be read again.
    """

    KEY = "key"
    CONTAINER = "container"
    LIST = "list"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Place:
    """One flavour of account. `half_life` in hours: how fast its audience sees a post.

    `hours` are the local hours at which its audience is most awake, `weekend` a factor on
    Saturday and Sunday. Rates are shares of views.
    """

    name: str
    title: str
    text_max: int
    unit: str
    images_min: int
    images_max: int
    followers: int
    reach: float
    half_life: float
    hours: tuple[float, ...]
    weekend: float
    like_rate: float
    comment_rate: float
    share_rate: float
    click_rate: float
    image_lift: float
    promise: Promise = Promise.KEY


PLACES: dict[str, Place] = {
    place.name: place
    for place in (
        Place(
            "agora", "Agora", 3000, "characters", 0, 9, 4200, 0.34, 11.0, (8.5, 12.5), 0.45,
            0.031, 0.0048, 0.0042, 0.021, 1.30,
        ),
        Place(
            "chirp", "Chirp", 300, "graphemes", 0, 4, 6800, 0.22, 2.2, (9.0, 13.0, 18.5), 0.80,
            0.022, 0.0036, 0.0065, 0.014, 1.18,
        ),
        Place(
            "atelier", "Atelier", 2200, "characters", 1, 10, 5300, 0.41, 7.0, (12.0, 19.5), 1.15,
            0.058, 0.0051, 0.0021, 0.004, 1.00,
        ),
        Place(
            "studio", "Studio", 2200, "characters", 0, 10, 3900, 0.36, 8.0, (11.0, 20.0), 1.05,
            0.049, 0.0046, 0.0024, 0.005, 1.12, Promise.CONTAINER,
        ),
        Place(
            "forum", "Forum", 5000, "characters", 0, 4, 2600, 0.31, 16.0, (10.0, 21.0), 0.95,
            0.019, 0.0092, 0.0018, 0.012, 1.05, Promise.LIST,
        ),
        Place(
            "pager", "Pager", 1000, "characters", 0, 1, 900, 0.62, 1.2, (8.0, 16.0), 0.30,
            0.011, 0.0012, 0.0008, 0.031, 1.02, Promise.NOTHING,
        ),
    )
}  # fmt: skip

IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
IMAGE_BYTES = 8_000_000
ALT_MAX = 1500
