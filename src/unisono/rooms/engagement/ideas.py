"""What somebody outside wrote, made into an idea."""

from __future__ import annotations

from datetime import datetime

from unisono.rooms.content import ideas
from unisono.rooms.content.models import Idea
from unisono.rooms.engagement.models import Message
from unisono.rooms.people.actors import Actor


def from_message(message: Message, *, title: str = "", by: Actor, now: datetime) -> Idea:
    """An idea of a message; once made, the same message gives the same idea."""
    known = Idea.objects.filter(origin=message.pk).first()
    if known is not None:
        return known
    first = " ".join(message.text.split())
    publication = message.conversation.publication
    return ideas.capture(
        title=(title or first)[:160].strip() or message.author_name,
        note=message.text,
        link=message.url if message.url.startswith(("http://", "https://")) else "",
        department=publication.variant.post.department if publication else None,
        source=Idea.Source.MESSAGE,
        source_name=f"{message.author_name}, {message.channel.name}",
        origin=message.pk,
        by=by,
        now=now,
    )
