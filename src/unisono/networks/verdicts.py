"""What became of a publication, as values with names. Whatever is unclear is `Unknown`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Handle = Mapping[str, Any]
"""JSON-able identity of one publication on its network, stored before the first byte is sent."""


def gettext_noop(text: str) -> str:
    """Mark `text` for translation; the floors above translate it when they show it."""
    return text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence for a person: an English template with `%(name)s` places, and what fills them.

    Write `Sentence(gettext_noop("The text has %(count)s characters too many."), {"count": 4})`.
    Upper floors show `gettext(sentence.template) % sentence.params`.
    """

    template: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % dict(self.params) if self.params else self.template


@dataclass(frozen=True, slots=True)
class Published:
    """The post is there. `url` may be empty where the network has no public page for it.

    `reference` is what a reply to it must name besides its remote id; JSON-able.
    """

    remote_id: str
    url: str
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    reference: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted and being worked on: ask again after `check_after`, with this handle."""

    check_after: timedelta
    handle: Handle
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """The network said no and made nothing. `permanent`: the same content will never be taken."""

    reason: Sentence
    permanent: bool = True
    field: str = ""
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limited:
    """Too many calls; nothing was made. Not before `until` (aware UTC).

    `everyone`: the limit is the application's, so all accounts on this server have to wait.
    """

    until: datetime
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class SignInAgain:
    """The network no longer accepts these credentials; nothing was made."""

    reason: Sentence
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unsent:
    """Proved that nothing reached the network (no address, no connection, no TLS)."""

    reason: Sentence
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been made. The default for everything unclear."""

    reason: Sentence
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Absent:
    """Only an answer of `look`: the network was asked, and the post is not there (yet)."""

    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)


Verdict = Published | Pending | Refused | Limited | SignInAgain | Unsent | Unknown
