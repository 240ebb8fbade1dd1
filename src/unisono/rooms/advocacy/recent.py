"""Who did something a moment ago, as far as this process remembers. Pure.

Nothing of it is written down: a sender is known by a digest under a key that ends with the process,
and only so long that a visit is not counted twice and nobody floods a page.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

MOST = 50_000
"""Entries kept; the oldest go first."""


class Recent:
    """How often each sender did each thing within a span of time."""

    def __init__(self, within: timedelta) -> None:
        self.within = within
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def times(self, *what: str, now: datetime) -> int:
        """How often this happened within the span, this time included."""
        told = hashlib.blake2b("\n".join(what).encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            since, count = self._seen.get(told, (now, 0))
            if not timedelta(0) <= now - since < self.within:
                since, count = now, 0
            self._seen[told] = (since, count + 1)
            if count == 0:
                self._seen.move_to_end(told)
            while len(self._seen) > MOST:
                self._seen.popitem(last=False)
        return count + 1
