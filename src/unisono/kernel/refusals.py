"""Errors that are sentences for people: every door turns them into a page or a problem document."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise


class Refusal(Exception):
    """A verb said no. `sentence` is for a person, `field` names the input it is about.

    `code` is a stable slug for programs; `status` the HTTP status a door answers with.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(
        self,
        sentence: str | Promise,
        *,
        field: str = "",
        data: dict[str, Any] | None = None,
    ):
        super().__init__(sentence)
        self._sentence = sentence
        self.field = field
        self.data = data or {}

    @property
    def sentence(self) -> str:
        """The sentence, in the language active now."""
        return str(self._sentence)

    def __str__(self) -> str:
        return self.sentence


class Invalid(Refusal):
    """One or more inputs cannot be used; nothing was changed."""

    code = "invalid"


class NotAllowed(Refusal):
    """The actor may see the thing but not do this to it."""

    code = "not_allowed"
    status = 403


class NotFound(Refusal):
    """No such thing for this actor; other organizations' rows answer the same."""

    code = "not_found"
    status = 404


class Conflict(Refusal):
    """Somebody else moved the thing first, or it is in a state that forbids this."""

    code = "conflict"
    status = 409
