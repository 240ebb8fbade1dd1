from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from unisono.kernel.ids import uuid7
from unisono.kernel.rows import OrgRow, Row
from unisono.rooms.people.capabilities import Role
from unisono.rooms.people.states import INVITATION, MEMBER


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person's sign-in; what they may do lies in their memberships."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("E-mail"), unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = False
    is_superuser = False

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        db_table = "user"

    def __str__(self) -> str:
        return self.email


class Language(models.TextChoices):
    EN = "en", _("English")
    FR = "fr", _("French")
    DE = "de", _("German")


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Hue(models.TextChoices):
    """The colours a department can wear; the kit has a light and a dark form of each."""

    VIOLET = "violet", _("Violet")
    TEAL = "teal", _("Teal")
    ROSE = "rose", _("Rose")
    BLUE = "blue", _("Blue")
    AMBER = "amber", _("Amber")
    GREEN = "green", _("Green")
    SLATE = "slate", _("Slate")
    PLUM = "plum", _("Plum")


class Organization(Row):
    """The company. Its zone is the one in which people speak of times.

    `awaited` are the kinds of event that something waits for. It stands here because every actor
    brings its organization along: whoever records an event knows without asking.
    """

    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=60)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.EN)
    founded_at = models.DateTimeField()
    awaited: models.JSONField[list[str]] = models.JSONField(default=list)

    class Meta:
        db_table = "organization"

    def __str__(self) -> str:
        return self.name


class Department(OrgRow):
    name = models.CharField(max_length=80)
    hue = models.CharField(max_length=10, choices=Hue.choices, default=Hue.SLATE)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    approval_required = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "department"
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint("organization_id", Lower("name"), name="department_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Member(OrgRow):
    """A user's place in one organization."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.EN)
    zone = models.CharField(max_length=60, blank=True)
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.SYSTEM)
    state = MEMBER.field()
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "member"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "user"], name="member_once"),
            MEMBER.constraint(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if words[1:] else words)).upper()


class MemberRole(OrgRow):
    """A member's role in one department and all below it; without a department, everywhere."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="roles")
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE)
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        db_table = "member_role"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "department"],
                name="member_role_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="member_role_known"
            ),
        ]


class Invitation(OrgRow):
    """A place kept for somebody. The link's secret is stored as a digest only."""

    email = models.EmailField()
    name = models.CharField(max_length=80, blank=True)
    roles = models.JSONField(default=list)
    digest = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=5, choices=Language.choices, default=Language.EN)
    invited_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    state = INVITATION.field()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "invitation"
        constraints = [
            INVITATION.constraint(),
            models.UniqueConstraint(
                "organization_id",
                Lower("email"),
                condition=models.Q(state="open"),
                name="invitation_one_open",
            ),
        ]


class ApiToken(OrgRow):
    """A key for programs: `prefix` finds it, `digest` proves it, its issuer bounds it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"
