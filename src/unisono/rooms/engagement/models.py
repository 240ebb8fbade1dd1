from __future__ import annotations

from typing import Any

from django.db import models

from unisono.kernel.rows import OrgRow, Row
from unisono.rooms.channels.models import Channel
from unisono.rooms.engagement.states import CONVERSATION
from unisono.rooms.publishing.models import Publication, ReadAgain


class Conversation(OrgRow):
    """What one person writes under one publication. `answered_at`: when it was first settled."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="conversations")
    publication = models.ForeignKey(
        Publication, null=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    author_handle = models.CharField(max_length=255)
    author_name = models.CharField(max_length=255)
    state = CONVERSATION.field()
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "conversation"
        ordering = ["-last_at"]
        constraints = [
            CONVERSATION.constraint(),
            models.UniqueConstraint(
                fields=["publication", "author_handle"], name="conversation_once"
            ),
        ]


class Message(OrgRow):
    """One message, plain text, at the network's own time."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE)
    remote_id = models.CharField(max_length=500)
    in_reply_to = models.CharField(max_length=500, blank=True)
    author_name = models.CharField(max_length=255)
    author_handle = models.CharField(max_length=255)
    author_url = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    url = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    raw: models.JSONField[Any] = models.JSONField(default=dict)

    class Meta:
        db_table = "message"
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "remote_id"], name="message_once")
        ]


class Listening(ReadAgain):
    """When a publication's answers are read next."""

    heard_at = models.DateTimeField(null=True)

    class Meta(ReadAgain.Meta):
        db_table = "listening"


class RawEvent(Row):
    """A webhook call as it came in, before anybody knows whose it is; never lost, read later."""

    network = models.CharField(max_length=30)
    sha256 = models.CharField(max_length=64, unique=True)
    headers: models.JSONField[Any] = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "raw_event"
