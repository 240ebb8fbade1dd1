"""A text is handed over to a network's own form, for accounts that are none of ours."""

from __future__ import annotations

import pytest

from unisono.networks import registry
from unisono.networks.contract import Account
from unisono.networks.shares import Shares

ACCOUNT = Account("1", "us", "Us", "https://social.example/")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("bluesky", "https://bsky.app/intent/compose?text=a%20%26%20b%23c"),
        ("mastodon", "https://social.example/share?text=a%20%26%20b%23c"),
    ],
)
def test_the_text_stands_in_the_address_whole(name: str, address: str) -> None:
    adapter = registry.adapter(name)
    assert adapter.offers(Shares) and isinstance(adapter, Shares)
    assert adapter.share_address("a & b#c", ACCOUNT) == address


def test_who_hands_nothing_over_says_so() -> None:
    assert not registry.adapter("sandbox").offers(Shares)
