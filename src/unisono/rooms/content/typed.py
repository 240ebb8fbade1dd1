"""What people type, as it is stored; raises Invalid where it cannot be."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import Invalid
from unisono.rooms.people.models import Language

TITLE_MAX = 160
FOLLOW_UPS_MAX = 24


def title(typed: str) -> str:
    """One line that is there and not too long."""
    title = typed.strip()
    if not title:
        raise Invalid(_("Give it a title."), field="title")
    if len(title) > TITLE_MAX:
        raise Invalid(
            _("A title can have %(n)s characters at most.") % {"n": TITLE_MAX},
            field="title",
        )
    return title


def text(typed: str) -> str:
    """Line ends as networks count them; NUL cannot be stored."""
    return typed.replace("\r\n", "\n").replace("\x00", "")


def follow_ups(texts: Sequence[str]) -> list[str]:
    """In their order; an empty one stays, so that the checks can name it."""
    if len(texts) > FOLLOW_UPS_MAX:
        raise Invalid(
            _("A post takes %(n)s follow-ups at most.") % {"n": FOLLOW_UPS_MAX},
            field="follow_ups",
        )
    return [text(typed) for typed in texts]


def language(typed: str) -> str:
    """One we speak."""
    return typed if typed in Language.values else Language.EN
