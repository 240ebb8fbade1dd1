"""The verbs of share kits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.advocacy import offers
from unisono.rooms.advocacy.links import link_to
from unisono.rooms.advocacy.models import TARGET_MAX, Kit, KitLink, KitSending, KitText
from unisono.rooms.advocacy.offers import Offer
from unisono.rooms.advocacy.states import KIT
from unisono.rooms.content.models import Post
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Member

TEXTS_MAX = 12
NOTE_MAX = 2_000
SENT_MAX = 1_000
"""How many members one sending may name."""


def make(
    post: Post,
    *,
    revisions: Iterable[UUID],
    title: str = "",
    note: str = "",
    by: Actor,
    now: datetime,
) -> Kit:
    """A kit of a post, as a draft; `revisions` are keys among `offers.offers(by, post)`.

    Raises Invalid for a text that is not agreed to as it stands.
    """
    by.must(Capability.SCHEDULE, post.department_id)
    chosen = _chosen(post, revisions, by)
    with transaction.atomic():
        kit = Kit.objects.create(
            post=post,
            title=_title(title or post.title),
            note=_note(note),
            target=_target(chosen),
            made_by=by.member,
            made_at=now,
        )
        _put(kit, chosen)
        events.record("kit.made", kit, by=by, now=now, title=kit.title)
    return kit


def change(
    kit: Kit, *, revisions: Iterable[UUID], title: str, note: str, by: Actor, now: datetime
) -> None:
    """Choose other texts, another title or note. Links that are out in the world stay good."""
    must(by, kit)
    chosen = _chosen(kit.post, revisions, by, kept=kit.texts.values_list("revision_id", flat=True))
    with transaction.atomic():
        row = Kit.objects.select_for_update().get(pk=kit.pk)
        if row.state == "closed":
            raise Conflict(_("This kit is closed. Make a new one of its post."))
        kit.title, kit.note = _title(title), _note(note)
        kit.target = _target(chosen) or row.target
        kit.save(update_fields=["title", "note", "target"])
        _put(kit, chosen)
        events.record("kit.changed", kit, by=by, now=now, title=kit.title)


def open_kit(kit: Kit, *, by: Actor, now: datetime) -> None:
    """Let colleagues see and share it."""
    must(by, kit)
    revisions = [text.revision for text in kit.texts.select_related("revision__variant__post")]
    if not offers.clear(revisions):
        raise Conflict(_("None of its texts is approved any more. Choose others first."))
    if offers.embargoed(kit.post, now):
        raise Conflict(_("Its post is under an embargo. Open the kit when that is over."))
    if offers.held(revisions):
        raise Conflict(_("A hold is on what it would share. Open the kit when that is lifted."))
    with transaction.atomic():
        # Of a post without links that was not out when the kit was made.
        target = kit.target or _target(list(offers.kept(one.pk for one in revisions).values()))
        advance(kit, KIT, "open", by=by, now=now, opened_at=now, target=target)
        if target:
            link_to(kit, target)


def close(kit: Kit, *, by: Actor, now: datetime) -> None:
    """Offer it no more. What was shared goes on leading where it led, and is counted."""
    must(by, kit)
    advance(kit, KIT, "closed", by=by, now=now, closed_at=now)


def send(kit: Kit, *, to: Sequence[Member], by: Actor, now: datetime) -> int:
    """Tell members of the kit, by notice and mail, each once; how many had not been told.

    Who does not want to hear of kits is not told: that is theirs to say, and shows nowhere.
    """
    must(by, kit)
    if len(to) > SENT_MAX:
        raise Invalid(_("Choose %(n)s people at most.") % {"n": SENT_MAX}, field="members")
    active = {member.pk: member for member in to if member.state == "active"}
    if not active:
        raise Invalid(_("Choose whom to send it to."), field="members")
    with transaction.atomic():
        if Kit.objects.select_for_update().get(pk=kit.pk).state != "open":
            raise Conflict(_("Open the kit before you send it."))
        told = set(KitSending.objects.filter(kit=kit).values_list("member", flat=True))
        fresh = [member for pk, member in active.items() if pk not in told]
        KitSending.objects.bulk_create(KitSending(kit=kit, member=m, at=now) for m in fresh)
        if fresh:
            events.record("kit.sent", kit, by=by, now=now, to=[str(m.pk) for m in fresh])
    return len(fresh)


def must(by: Actor, kit: Kit) -> None:
    """Kits are made and looked after by those who give the department's posts their time."""
    by.must(Capability.SCHEDULE, kit.post.department_id)


def _chosen(
    post: Post, revisions: Iterable[UUID], by: Actor, kept: Iterable[UUID] = ()
) -> list[Offer]:
    """The offers behind the keys, in their order. One of the kit's own may stay although a newer
    version was agreed to since, as long as it may still be shared itself."""
    wanted = list(dict.fromkeys(revisions))
    if not wanted:
        raise Invalid(_("Choose at least one text."), field="revisions")
    if len(wanted) > TEXTS_MAX:
        raise Invalid(_("%(n)s texts at most.") % {"n": TEXTS_MAX}, field="revisions")
    found = {one.revision.pk: one for one in offers.offers(by, post)}
    found |= {pk: one for pk, one in offers.kept(kept).items() if pk not in found}
    if any(pk not in found for pk in wanted):
        raise Invalid(
            _("One of these texts is not approved as it stands now. Look at the choice again."),
            field="revisions",
        )
    return [found[pk] for pk in wanted]


def _put(kit: Kit, chosen: Sequence[Offer]) -> None:
    KitText.objects.filter(kit=kit).delete()
    KitText.objects.bulk_create(
        KitText(
            kit=kit,
            revision=one.revision,
            position=at,
            links={said: to for said, to in one.links.items() if _leads(to)},
        )
        for at, one in enumerate(chosen)
    )
    targets = {to for one in chosen for to in one.links.values() if _leads(to)}
    apart = KitLink.objects.filter(kit=kit).exclude(member=None).select_related("member")
    members = {link.member_id: link.member for link in apart}
    for target in sorted(targets | ({kit.target} if kit.target else set())):
        for member in (None, *members.values()):
            link_to(kit, target, member)


def _target(chosen: Sequence[Offer]) -> str:
    """Where the kit's own link leads: what the texts link to, else where the post is out."""
    told = [one.target for one in chosen] + [one.url for one in chosen]
    return next((target for target in told if _leads(target)), "")


def _leads(target: str) -> bool:
    """Whether it is a web address that can be kept whole."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and len(target) <= TARGET_MAX
        and target.isprintable()
    )  # fmt: skip


def _title(said: str) -> str:
    title = " ".join(said.replace("\x00", "").split())
    if not title:
        raise Invalid(_("Give the kit a title."), field="title")
    if len(title) > 160:
        raise Invalid(_("%(n)s characters at most.") % {"n": 160}, field="title")
    return title


def _note(said: str) -> str:
    note = said.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(note) > NOTE_MAX:
        raise Invalid(_("%(n)s characters at most.") % {"n": NOTE_MAX}, field="note")
    return note
