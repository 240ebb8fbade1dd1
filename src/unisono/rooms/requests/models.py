from __future__ import annotations

from django.db import models

from unisono.kernel.rows import OrgRow
from unisono.rooms.people.models import Department, Language, Member
from unisono.rooms.requests.states import REQUEST


class IntakeLink(OrgRow):
    """A form that anybody who has its address may fill in, until it is revoked.

    Only the digest of the address's secret is kept. What comes through it belongs to the
    department (None: to the organization).
    """

    name = models.CharField(max_length=80)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_link"
        ordering = ["revoked_at", "-made_at"]

    def __str__(self) -> str:
        return self.name


class Request(OrgRow):
    """A colleague's wish for content, and what was answered.

    `sending` names one filled-in form, so that sending it twice makes one request. `sender` is a
    keyed digest of the address it was sent from, kept only to bound how many come from one.
    `digest` is that of the secret in the address where the requester follows it. `mails` is whether
    they want to hear by e-mail what becomes of it.
    """

    link = models.ForeignKey(
        IntakeLink, null=True, on_delete=models.SET_NULL, related_name="requests"
    )
    title = models.CharField(max_length=160)
    reason = models.TextField()
    wish = models.CharField(max_length=300, blank=True)
    reference = models.URLField(max_length=500, blank=True)
    wanted_on = models.DateField(null=True)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.EN)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT)
    digest = models.CharField(max_length=64, unique=True)
    sending = models.UUIDField()
    sender = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    promised_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    mails = models.BooleanField(default=True)
    state = REQUEST.field()

    class Meta:
        db_table = "request"
        ordering = ["-made_at"]
        constraints = [
            REQUEST.constraint(),
            models.UniqueConstraint(
                fields=["organization_id", "sending"], name="request_sent_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="promised") | models.Q(promised_on__isnull=False),
                name="request_promise_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "-made_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def last_word(self) -> RequestWord | None:
        """The last question or answer; of rows read together, `words` is prefetched."""
        return next(reversed(list(self.words.all())), None)


class RequestFile(OrgRow):
    """A file that came with a request.

    Without a request it waits for the form named `sending` to be sent in the end, and goes after a
    day. `thumb` is the path of a small picture, for images only.
    """

    request = models.ForeignKey(Request, null=True, on_delete=models.CASCADE, related_name="files")
    link = models.ForeignKey(IntakeLink, null=True, on_delete=models.SET_NULL, related_name="+")
    sending = models.UUIDField()
    sender = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=160)
    mime = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    thumb = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "request_file"
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "sending", "sha256"], name="request_file_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")


class RequestWord(OrgRow):
    """A question to the requester, or what they answered; `by` is None for the requester."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="words")
    text = models.TextField()
    asks = models.BooleanField()
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()

    class Meta:
        db_table = "request_word"
        ordering = ["at", "pk"]
