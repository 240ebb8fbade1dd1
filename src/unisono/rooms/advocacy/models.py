from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from unisono.kernel.rows import OrgRow
from unisono.rooms.advocacy.states import KIT
from unisono.rooms.content.models import Post, Revision
from unisono.rooms.people.models import Member

TARGET_MAX = 2_000


class Did(models.TextChoices):
    """What somebody did with a kit, as far as they say so."""

    OPENED = "opened", _("opened")
    COPIED = "copied", _("copied")
    SHARED = "shared", _("shared")


class Kit(OrgRow):
    """What colleagues may share of a post: approved texts, their pictures, and a tracked link.

    `note` says to colleagues why; it is no part of what they share. `target` is where the kit's own
    link leads: to the first link of its texts, or else to the post where it is out. Empty: nowhere.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="kits")
    title = models.CharField(max_length=160)
    note = models.TextField(blank=True)
    target = models.CharField(max_length=TARGET_MAX, blank=True)
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    state = KIT.field()

    class Meta:
        db_table = "kit"
        ordering = ["-made_at"]
        constraints = [KIT.constraint()]
        indexes = [models.Index(fields=["organization_id", "state", "-made_at"])]

    def __str__(self) -> str:
        return self.title


class KitText(OrgRow):
    """A text to choose: a revision that was agreed to or is out, with the pictures it has.

    `links` maps each link as it stands in the revision to the address its tracked link leads to.
    """

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="texts")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    links: models.JSONField[dict[str, str]] = models.JSONField(default=dict)

    class Meta:
        db_table = "kit_text"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["kit", "revision"], name="kit_text_once")]


class KitLink(OrgRow):
    """A short address of ours that leads to `target`, and to nothing else.

    With a member it is the one of a colleague who wants their visits counted apart.
    """

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="links")
    target = models.CharField(max_length=TARGET_MAX)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    code = models.CharField(max_length=16, unique=True)

    class Meta:
        db_table = "kit_link"
        ordering = ["pk"]


class KitVisit(OrgRow):
    """How often a tracked link was followed on one day. Nothing is kept of who did."""

    link = models.ForeignKey(KitLink, on_delete=models.CASCADE, related_name="visits")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "kit_visit"
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["link", "day"], name="kit_visit_once")]


class KitInvite(OrgRow):
    """An address at which colleagues without an account open the kit, until it is revoked.

    Only the digest of the address's secret is kept.
    """

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="invites")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kit_invite"
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name


class KitPart(OrgRow):
    """A colleague with an account did something with a kit, once counted.

    `who` is a keyed digest of kit and member: enough to count a person once, and never shown.
    """

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="parts")
    who = models.CharField(max_length=64)
    did = models.CharField(max_length=8, choices=Did.choices)

    class Meta:
        db_table = "kit_part"
        constraints = [models.UniqueConstraint(fields=["kit", "who", "did"], name="kit_part_once")]


class KitTally(OrgRow):
    """How often something was done on one day at the addresses for colleagues without an account.

    These are times, not people: nothing tells one visitor from another.
    """

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="tallies")
    day = models.DateField()
    did = models.CharField(max_length=8, choices=Did.choices)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "kit_tally"
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["kit", "day", "did"], name="kit_tally_once")]


class KitSending(OrgRow):
    """A kit was sent to a member; once."""

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="sendings")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "kit_sending"
        constraints = [models.UniqueConstraint(fields=["kit", "member"], name="kit_sending_once")]
