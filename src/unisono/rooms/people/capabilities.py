"""Who may do what: the one table. A role holds all that stands in its row."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Capability(StrEnum):
    SEE = "see"  # read plans, posts, figures and conversations
    WRITE = "write"  # capture ideas, write posts, add images, comment, ask for approval
    CAMPAIGN = "campaign"  # open and edit campaigns
    SCHEDULE = "schedule"  # give approved posts their time, move, cancel and retry them
    ANSWER = "answer"  # answer, close and assign conversations
    IMPORT = "import"  # bring a plan in from a file
    APPROVE = "approve"  # agree to a revision, or ask for changes
    PLAN = "plan"  # set objectives
    CHANNELS = "channels"  # connect, renew and disconnect channels
    HOLD = "hold"  # stop publishing, and resume it
    OVERRIDE = "override"  # plan against a house rule, with a reason
    PEOPLE = "people"  # invite, give roles, open departments
    SETTINGS = "settings"  # the organization itself


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    CONTRIBUTOR = "contributor", _("Contributor")
    EDITOR = "editor", _("Editor")
    APPROVER = "approver", _("Approver")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")


_C = Capability

CAPABILITIES: dict[str, frozenset[Capability]] = {
    Role.VIEWER: frozenset({_C.SEE}),
    Role.CONTRIBUTOR: frozenset({_C.SEE, _C.WRITE}),
    Role.EDITOR: frozenset({_C.SEE, _C.WRITE, _C.CAMPAIGN, _C.SCHEDULE, _C.ANSWER, _C.IMPORT}),
    Role.APPROVER: frozenset(
        {_C.SEE, _C.WRITE, _C.CAMPAIGN, _C.SCHEDULE, _C.ANSWER, _C.IMPORT, _C.APPROVE}
    ),
    Role.MANAGER: frozenset(set(Capability) - {_C.PEOPLE, _C.SETTINGS}),
    Role.ADMIN: frozenset(Capability),
}

SCOPES: dict[str, frozenset[Capability]] = {
    "read": frozenset({_C.SEE}),
    "write": frozenset({_C.SEE, _C.WRITE, _C.CAMPAIGN, _C.PLAN, _C.ANSWER, _C.IMPORT}),
    "approve": frozenset({_C.SEE, _C.APPROVE}),
    "publish": frozenset({_C.SEE, _C.SCHEDULE, _C.HOLD, _C.OVERRIDE}),
    "manage": frozenset({_C.SEE, _C.CHANNELS, _C.PEOPLE, _C.SETTINGS}),
}
"""What an API token may do at most; its issuer's own rights bound it further."""

CAPABILITY_NAMES: dict[str, object] = {
    _C.SEE: _("See plans, posts, figures and conversations"),
    _C.WRITE: _("Capture ideas, write posts, ask for approval"),
    _C.CAMPAIGN: _("Open and edit campaigns"),
    _C.SCHEDULE: _("Schedule, move and cancel approved posts"),
    _C.ANSWER: _("Answer and close conversations"),
    _C.IMPORT: _("Import a plan from a file"),
    _C.APPROVE: _("Approve, or ask for changes"),
    _C.PLAN: _("Set objectives"),
    _C.CHANNELS: _("Connect and disconnect channels"),
    _C.HOLD: _("Hold and resume publishing"),
    _C.OVERRIDE: _("Plan against a house rule, with a reason"),
    _C.PEOPLE: _("Invite people and give roles"),
    _C.SETTINGS: _("Change the organization"),
}
