"""What every network adapter promises: immutable values and the protocols that use them.

An adapter is stateless. Everything it needs is passed in: the egress, the account, the opened
credentials, the frozen content and the handle. Outcomes are values with names, never exceptions;
whatever is not clearly something else is `Unknown`.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable
from uuid import UUID

from unisono.networks.verdicts import (
    Absent as Absent,
)
from unisono.networks.verdicts import (
    Handle as Handle,
)
from unisono.networks.verdicts import (
    Limited as Limited,
)
from unisono.networks.verdicts import (
    Pending as Pending,
)
from unisono.networks.verdicts import (
    Published as Published,
)
from unisono.networks.verdicts import (
    Refused as Refused,
)
from unisono.networks.verdicts import (
    Sentence as Sentence,
)
from unisono.networks.verdicts import (
    SignInAgain as SignInAgain,
)
from unisono.networks.verdicts import (
    Unknown as Unknown,
)
from unisono.networks.verdicts import (
    Unsent as Unsent,
)
from unisono.networks.verdicts import (
    Verdict as Verdict,
)
from unisono.networks.verdicts import (
    gettext_noop as gettext_noop,
)

if TYPE_CHECKING:
    from unisono.kernel.egress import Egress
    from unisono.kernel.secrets import Secret

Credentials = Mapping[str, "Secret"]
"""Named secrets of one account, opened only in the process that publishes."""


@dataclass(frozen=True, slots=True)
class Media:
    """One picture: `size` in bytes, `width` and `height` in pixels; `read` gives the bytes."""

    sha256: str
    mime: str
    width: int
    height: int
    size: int
    alt: str
    read: Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Content:
    """One frozen revision as it goes to one channel. `language` is a BCP 47 tag such as `de`.

    `reply_to` makes it a follow-up of a post of ours: {"root", "parent"}, each with the `remote_id`
    and what `Published.reference` said; `named` instead where only a person's link told of it.
    Empty: of one that is not out yet.
    """

    text: str
    language: str = ""
    media: tuple[Media, ...] = ()
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    reply_to: Mapping[str, Any] | None = None

    @property
    def ready(self) -> bool:
        """Whether nothing has to be prepared: no picture to send, no parent to ask about."""
        named = any(post.get("named") for post in (self.reply_to or {}).values())
        return not self.media and not named


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account as its network describes it.

    `server` is the origin the account lives on (`https://host[:port]`), `profile` holds what the
    adapter learnt while connecting (limits, version); JSON-able.
    """

    remote_id: str
    handle: str
    name: str
    server: str
    url: str = ""
    avatar_url: str = ""
    profile: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connected:
    """The answer of `connect`: the account to store and the credentials to seal."""

    account: Account
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a sign-in lasts. `until`: when what is stored runs out; None: never by itself.

    `renews`: `refresh` puts the end off by itself, as long as it gets through.
    """

    until: datetime | None = None
    renews: bool = False


class VerdictRaised(Exception):
    """Carries a verdict out of `prepare`, `measure`, `collect` or `refresh`."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(type(verdict).__name__)
        self.verdict = verdict


class CannotConnect(Exception):
    """The account cannot be connected. `sentence` is for a person, `field` names the form field."""

    def __init__(self, sentence: Sentence, field: str = "") -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.field = field


# --- checks, limits, forms --------------------------------------------------------------------

Level = Literal["bad", "warn", "ok"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a content: `bad` prevents publishing, `warn` is advice."""

    level: Level
    code: str
    message: Sentence
    field: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one account takes. Bytes for `image_bytes`, `text_unit` is what `length` counts.

    `text_bytes` is a second ceiling some networks put on the UTF-8 size; 0 means there is none.
    """

    text_max: int
    text_unit: Literal["characters", "graphemes"] = "characters"
    text_bytes: int = 0
    images_min: int = 0
    images_max: int = 4
    image_bytes: int = 10_000_000
    image_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/webp", "image/gif")
    alt_max: int = 1500


@dataclass(frozen=True, slots=True)
class Field:
    """A declared form field: of the form that connects an account, or of a post's options.

    `choices` are (value, label) pairs for kind `choice`. `default` is the initial value.
    """

    name: str
    label: Sentence
    kind: Literal["text", "url", "secret", "choice"] = "text"
    help: Sentence | None = None
    required: bool = True
    default: str = ""
    choices: tuple[tuple[str, Sentence], ...] = ()


# --- how a second post is avoided -------------------------------------------------------------


class SecondPost(Enum):
    """How an adapter avoids a second post when the first answer was lost."""

    KEY = "key"
    DETERMINISTIC_ID = "deterministic id"
    CONTAINER = "container"
    LOOK_UP = "look-up"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Safety:
    """What may be done after an `Unknown`.

    `repeat_within`: how long after the *first* `commit` the same `commit` may simply be repeated
    and makes no second post; None = for ever, zero = never without a look first.
    `settles_after`: how long an accepted post may take until `look` sees it; an `Absent` is proof
    only when this has passed since the last `commit`.
    `can_look`: `look` can give a reliable `Absent` at all.
    """

    how: SecondPost
    repeat_within: timedelta | None
    settles_after: timedelta
    can_look: bool = True


# --- what comes back --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """Life-to-date counts of one post. None = this network does not offer the figure."""

    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    clicks: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something a person wrote to us. `text` is plain, `at` aware UTC.

    `in_reply_to` is the remote id it answers directly, `post` that of our post above it all.
    """

    remote_id: str
    in_reply_to: str
    author_name: str
    author_handle: str
    author_url: str
    text: str
    at: datetime
    url: str = ""
    post: str = ""
    raw: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands where a post of ours was published. `text`: what it says, where that is not what
    was sent; None: the same. `edited`: the network itself says that it was changed."""

    there: bool = True
    text: str | None = None
    edited: bool = False


# --- the adapter ------------------------------------------------------------------------------


@runtime_checkable
class Connects(Protocol):
    """An account can be connected with a form of `connect_fields`."""

    connect_fields: tuple[Field, ...]

    async def connect(self, http: Egress, form: Mapping[str, str | Secret]) -> Connected:
        """Prove the form's credentials; raises `CannotConnect`."""
        ...

    async def refresh(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> Credentials | None:
        """Renew what expires. None: nothing to store. Raises `VerdictRaised`.

        Called before any other use of the credentials, by one caller per account at a time; asks
        the network only when something is about to expire. The answer replaces what is stored,
        except that an empty value never replaces one that is there.
        """
        ...

    def lifetime(self, account: Account, credentials: Credentials) -> Lifetime:
        """When these credentials run out, read from them alone."""
        ...


@runtime_checkable
class Publishes(Protocol):
    """Content can be sent: `plan` (pure), `prepare` (harmless), `commit` (no way back).

    `keeps`: for how long the network surely keeps what `prepare` made of it.
    """

    keeps: timedelta

    def safety(self, account: Account) -> Safety: ...

    def plan(
        self, content: Content, account: Account, *, publication_id: UUID, due_at: datetime
    ) -> Handle:
        """The handle to store before anything is sent: pure, the same for the same arguments."""
        ...

    def prepares(self, content: Content, account: Account) -> bool:
        """Whether `prepare` has anything to do for this content; else it is passed by."""
        ...

    async def prepare(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Handle:
        """Everything that makes no post (uploads); may be repeated.

        Raises `VerdictRaised` with Refused, Limited, SignInAgain or Unsent, never another.
        """
        ...

    async def commit(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
    ) -> Verdict:
        """Make the post. Never raises for what the network or the way to it does."""
        ...

    async def look(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        content: Content,
        handle: Handle,
        since: datetime,
        taken: Collection[str] = (),
    ) -> Published | Absent | Unknown:
        """Is it there? `since`: when it was first sent; `taken`: remote ids known to be others."""
        ...


@runtime_checkable
class Continues(Protocol):
    """A post can be followed up: content with `reply_to` is published as a reply to our own."""

    def named(self, account: Account, url: str) -> str:
        """The remote id of the account's post whose page this is; pure, empty for any other."""
        ...


@runtime_checkable
class Confirms(Protocol):
    """Our own posts can be read back: whether they are there, and say what was sent."""

    async def confirm(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        posts: Mapping[str, Content],
    ) -> dict[str, Seen]:
        """By remote id, as asked; one is missing of which nothing can be said. Raises
        `VerdictRaised`."""
        ...


@runtime_checkable
class Measures(Protocol):
    """Figures of our own posts can be read, and how many follow the account."""

    async def measure(
        self, http: Egress, account: Account, credentials: Credentials, remote_ids: Sequence[str]
    ) -> dict[str, Figures]:
        """Figures by remote id; an id that is gone is missing. Raises `VerdictRaised`."""
        ...

    async def followers(
        self, http: Egress, account: Account, credentials: Credentials
    ) -> int | None:
        """How many follow the account; None where nobody counts them. Raises `VerdictRaised`."""
        ...


@runtime_checkable
class Reads(Protocol):
    """What people answer to our posts can be read."""

    async def collect(
        self,
        http: Egress,
        account: Account,
        credentials: Credentials,
        remote_ids: Sequence[str],
        since: datetime,
    ) -> list[Incoming]:
        """Answers to these posts since `since`, oldest first. Raises `VerdictRaised`."""
        ...


@dataclass(frozen=True, slots=True)
class Face:
    """The badge of one account: its network's, or of the place on it where it lives."""

    label: str
    mark: str
    colour: str


class Adapter(ABC):
    """The declared face of a network. A concrete adapter adds the methods of its `capabilities`.

    `name` is the folder's name and the value stored with a channel; `label` its proper name;
    `mark` one or two letters and `colour` a CSS colour for a badge; `icon` the SVG source.
    """

    name: str
    label: str
    mark: str
    colour: str
    capabilities: tuple[Any, ...] = ()
    second_post: SecondPost = SecondPost.NONE
    keeps: timedelta = timedelta(hours=1)
    connect_fields: tuple[Field, ...] = ()
    option_fields: tuple[Field, ...] = ()

    def offers(self, capability: Any) -> bool:
        """Whether this network has the capability, for instance `Measures`."""
        return capability in self.capabilities

    @property
    def icon(self) -> str:
        """SVG source, one colour (`currentColor`), 24 x 24."""
        return (_FOLDER / self.name / "icon.svg").read_text(encoding="utf-8")

    @property
    def preview_template(self) -> str:
        """Name of the template that shows `preview(...)` as the network would."""
        return f"networks/{self.name}/preview.html"

    def options_for(self, account: Account) -> tuple[Field, ...]:
        """The option fields of a post on this account."""
        return self.option_fields

    def face(self, account: Account) -> Face:
        """The badge of an account."""
        return Face(self.label, self.mark, self.colour)

    def prepares(self, content: Content, account: Account) -> bool:
        """Pictures have to be uploaded first, and some parents of a reply to be asked about."""
        return not content.ready

    def lifetime(self, account: Account, credentials: Credentials) -> Lifetime:
        """Of a network whose sign-ins last until somebody ends them."""
        return Lifetime()

    @abstractmethod
    def limits(self, account: Account) -> Limits:
        """What this account takes."""

    def length(self, text: str, account: Account) -> int:
        """Length of `text` as this network counts it, in `limits(account).text_unit`."""
        return len(text)

    @abstractmethod
    def check(self, content: Content, account: Account) -> list[Finding]:
        """What prevents this content from being published here, and what to advise."""

    @abstractmethod
    def preview(self, content: Content, account: Account) -> dict[str, Any]:
        """Display data for `preview_template`; the caller adds addresses for the pictures.

        Keys every network gives: `name`, `handle`, `text`, `parts` (list of {text, url} in order),
        `length`, `limit`, `over` (characters too many), `media` (list of {alt, width, height}).
        """


_FOLDER = Path(__file__).parent
