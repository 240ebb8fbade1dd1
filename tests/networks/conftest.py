"""The servers the adapters talk to."""

from tests.servers.fixtures import (
    atproto_network,
    closed_port,
    mastodon_server,
    sandbox_server,
)

__all__ = ["atproto_network", "closed_port", "mastodon_server", "sandbox_server"]
