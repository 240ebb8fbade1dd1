"""Questions about share kits."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from unisono.kernel import tenancy
from unisono.kernel.refusals import NotFound
from unisono.rooms.advocacy.models import Did, Kit, KitInvite, KitPart, KitSending, KitVisit
from unisono.rooms.content.models import Post
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department, Member, MemberRole
from unisono.rooms.people.sessions import digest


def kits(actor: Actor, state: str = "open") -> QuerySet[Kit]:
    """Kits in one state (all of them: empty), newest first. What is open or was is for every
    colleague, drafts are for those who look after the kits of that department."""
    actor.must_anywhere(Capability.SEE)
    rows = Kit.objects.filter(_theirs(actor) | ~Q(state="draft"))
    rows = rows.filter(state=state) if state else rows
    return rows.select_related("post__department", "post__campaign", "made_by")


def kit(actor: Actor, pk: UUID) -> Kit:
    """One kit; raises NotFound."""
    found = kits(actor, "").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such share kit."))
    return found


def looked_after(actor: Actor, pk: UUID) -> Kit:
    """One kit, for those who look after it; raises NotAllowed, or NotFound."""
    found = kit(actor, pk)
    actor.must(Capability.SCHEDULE, found.post.department_id)
    return found


def may(actor: Actor, kit: Kit) -> bool:
    """Whether the actor looks after the kit."""
    return actor.can(Capability.SCHEDULE, kit.post.department_id)


def kits_of(actor: Actor, post: Post) -> QuerySet[Kit]:
    """The kits of a post that the actor sees."""
    return kits(actor, "").filter(post=post)


def invites(kit: Kit) -> QuerySet[KitInvite]:
    """The addresses for colleagues without an account, those in use first."""
    return kit.invites.select_related("made_by").order_by("revoked_at", "-made_at")


def invite(actor: Actor, kit_id: UUID, pk: UUID) -> KitInvite:
    """One of them, to end it; raises NotFound."""
    rows = KitInvite.objects.select_related("kit__post")
    found = rows.filter(pk=pk, kit=looked_after(actor, kit_id)).first()
    if found is None:
        raise NotFound(_("There is no such address."))
    return found


def invite_behind(secret: str) -> KitInvite | None:
    """The living invite at an address, whosever it is; None when its kit is no draft any more but
    closed, or not open yet."""
    with tenancy.everywhere("an invite's address does not say whose it is"):
        rows = KitInvite.objects.filter(digest=digest(secret), revoked_at=None, kit__state="open")
        return rows.select_related("kit__post").first()


def summary(rows: Iterable[Kit]) -> dict[UUID, dict[str, int]]:
    """Of each kit how many members opened, copied and shared it, and how often its links were
    followed. Two queries."""
    ids = [row.pk for row in rows]
    found = {pk: dict.fromkeys([*Did.values, "visits"], 0) for pk in ids}
    parts = KitPart.objects.filter(kit__in=ids).values("kit", "did").annotate(n=Count("pk"))
    for row in parts.order_by():
        found[row["kit"]][row["did"]] = row["n"]
    visits = KitVisit.objects.filter(link__kit__in=ids).values("link__kit")
    for one in visits.annotate(n=Sum("count")).order_by():
        found[one["link__kit"]]["visits"] = one["n"]
    return found


def line_of_post(actor: Actor, post: Post) -> dict[str, int] | None:
    """The figures of all kits of a post together, and how many `kits`; None without any."""
    return _line(list(kits_of(actor, post)))


def line_of_campaign(actor: Actor, campaign_id: UUID) -> dict[str, int] | None:
    """The same of all posts of a campaign."""
    return _line(list(kits(actor, "").filter(post__campaign=campaign_id)))


def told(kit: Kit) -> int:
    """To how many members the kit was sent."""
    return KitSending.objects.filter(kit=kit).count()


def people_in(departments: Iterable[Department]) -> list[Member]:
    """The active members who have a role in these departments."""
    ids = MemberRole.objects.filter(department__in=list(departments)).values("member")
    return list(Member.objects.filter(pk__in=ids, state="active"))


def _line(rows: list[Kit]) -> dict[str, int] | None:
    if not rows:
        return None
    each = summary(rows).values()
    return {"kits": len(rows)} | {
        name: sum(one[name] for one in each) for name in (*Did.values, "visits")
    }


def _theirs(actor: Actor) -> Q:
    allowed = actor.departments_with(Capability.SCHEDULE)
    return Q(pk__isnull=False) if allowed is None else Q(post__department__in=allowed)
