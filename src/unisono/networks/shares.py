"""The capability of networks to which people can be handed a text to post by themselves."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from unisono.networks.contract import Account


@runtime_checkable
class Shares(Protocol):
    """People can be handed a text to post with accounts of their own."""

    def share_address(self, text: str, account: Account) -> str:
        """The address of the network's own form with this text in it; pure. It signs nobody in,
        and nothing of it comes back to us. `account` is ours, and names the server."""
        ...
