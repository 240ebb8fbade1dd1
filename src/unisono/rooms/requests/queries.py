"""Questions about requests."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel import tenancy
from unisono.kernel.refusals import NotFound
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.sessions import digest
from unisono.rooms.requests.models import IntakeLink, Request, RequestFile, RequestWord


def requests(actor: Actor, state: str = "") -> QuerySet[Request]:
    """The requests the actor decides on, newest first; those of no department are everybody's."""
    rows = Request.objects.filter(_theirs(actor, Capability.CAMPAIGN))
    rows = rows.filter(state=state) if state else rows
    return rows.select_related("department", "decided_by", "link")


def request(actor: Actor, pk: UUID) -> Request:
    """One request; raises NotFound."""
    found = requests(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def links(actor: Actor) -> QuerySet[IntakeLink]:
    """The intake forms the actor looks after, living ones first."""
    rows = IntakeLink.objects.filter(_theirs(actor, Capability.PLAN))
    return rows.select_related("department", "made_by").order_by("revoked_at", "-made_at")


def link(actor: Actor, pk: UUID) -> IntakeLink:
    """One intake form; raises NotFound."""
    found = links(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such form."))
    return found


def link_behind(secret: str) -> IntakeLink | None:
    """The living form at an address, whosever it is."""
    with tenancy.everywhere("a form's address does not say whose it is"):
        return IntakeLink.objects.filter(digest=digest(secret), revoked_at=None).first()


def request_behind(secret: str) -> Request | None:
    """The request that is followed at an address, whosever it is."""
    with tenancy.everywhere("a requester's address does not say whose it is"):
        return Request.objects.filter(digest=digest(secret)).first()


def file(actor: Actor, request_id: UUID, pk: UUID) -> RequestFile:
    """A file of a request the actor decides on; raises NotFound."""
    return file_of(request(actor, request_id), pk)


def file_of(row: Request, pk: UUID) -> RequestFile:
    """A file of a request that whoever asks may see; raises NotFound."""
    found = row.files.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such file."))
    return found


def staged(sending: UUID) -> list[RequestFile]:
    """What was accepted of a form that is not sent yet."""
    return list(RequestFile.objects.filter(sending=sending, request=None))


def words(row: Request) -> list[RequestWord]:
    """What was asked back and answered, oldest first."""
    return list(row.words.select_related("by"))


def _theirs(actor: Actor, capability: Capability) -> Q:
    actor.must_anywhere(capability)
    allowed = actor.departments_with(capability)
    return Q() if allowed is None else Q(department=None) | Q(department__in=allowed)
