"""The guarded way out, with the rules this installation was given."""

from __future__ import annotations

from django.conf import settings

from unisono.kernel.egress import Egress, Rules


def egress() -> Egress:
    """A fresh egress: private addresses only if the operator allows them."""
    return Egress(
        Rules(
            allow_private=settings.UNISONO_ALLOW_PRIVATE_ADDRESSES,
            allowed=frozenset(settings.UNISONO_REACHABLE),
        )
    )
