"""The verbs of content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from unisono.kernel import clock, events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.networks import registry
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import snapshot, tagging, typed
from unisono.rooms.content.checks import findings
from unisono.rooms.content.models import Idea, Occurrence, Post, PostImage, Revision, Variant
from unisono.rooms.content.states import OCCURRENCE
from unisono.rooms.library.models import Asset
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability
from unisono.rooms.people.models import Department
from unisono.rooms.plan.models import Audience, Campaign, Objective

IMAGES_MAX = 20


class Unsaid(Enum):
    """What a caller says nothing about stays as it is."""

    UNSAID = "unsaid"


class Outdated(Conflict):
    """Somebody else saved the post after this copy of it was opened."""

    code = "outdated"


class NotReady(Invalid):
    """The content breaks a rule of its network; `data["findings"]` lists which."""

    code = "not_ready"


def write_post(
    *,
    title: str,
    department: Department,
    text: str = "",
    follow_ups: Sequence[str] = (),
    language: str = "",
    campaign: Campaign | None = None,
    objective: Objective | None = None,
    idea: Idea | None = None,
    audiences: Iterable[Audience] = (),
    channels: Sequence[Channel] = (),
    wall: datetime | None = None,
    zone: str = "",
    by: Actor,
    now: datetime,
) -> Post:
    """Start a post, with a variant for each channel.

    `wall` is a naive wall time in `zone` at which all of them are pencilled in. Raises Invalid
    for an unknown zone or a time gone by.
    """
    by.must(Capability.WRITE, department)
    at = None if wall is None else meant(wall, zone, now=now)
    with transaction.atomic():
        post = Post.objects.create(
            title=typed.title(title),
            text=typed.text(text),
            follow_ups=typed.follow_ups(follow_ups),
            language=typed.language(language or by.language),
            department=department,
            campaign=campaign,
            objective=objective,
            idea=idea,
            written_by=by.member,
            written_at=now,
            changed_at=now,
        )
        if audiences:
            post.audiences.set(audiences)
        for channel in channels:
            variant = Variant(post=post, channel=channel)
            if wall is not None:
                _pencil(variant, wall, zone, at)
            _add_variant(post, channel, fresh=variant)
        events.record("post.written", post, by=by, now=now, title=post.title)
    return post


def change_post(
    post: Post,
    *,
    title: str,
    text: str,
    language: str,
    department: Department,
    campaign: Campaign | None,
    objective: Objective | None,
    audiences: Iterable[Audience] | None = None,
    follow_ups: Sequence[str] | None = None,
    words: Mapping[UUID, str | None] | None = None,
    own_follow_ups: Mapping[UUID, Sequence[str] | None] | None = None,
    alts: Mapping[UUID, str] | None = None,
    options: Mapping[UUID, dict[str, Any]] | None = None,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Post:
    """Change the common text, what the post belongs to, and its parts.

    `words` maps variants to their own text (None: follow the common text), `own_follow_ups` to
    their own follow-ups, `options` to what their network offers, `alts` images to their alt text.
    `follow_ups` and `audiences` None leave what there is. `version` is the one the writer started
    from; when somebody saved in between, Outdated is raised and nothing is lost on either side.
    """
    by.must(Capability.WRITE, post.department_id)
    by.must(Capability.WRITE, department)
    with transaction.atomic():
        _lock(post, version)
        before = [v.digest for v in post.variants.filter(dropped_at=None).order_by("pk")]
        post.title, post.text, post.language = (
            typed.title(title),
            typed.text(text),
            typed.language(language),
        )
        post.department, post.campaign, post.objective = department, campaign, objective
        if follow_ups is not None:
            post.follow_ups = typed.follow_ups(follow_ups)
        if audiences is not None:
            post.audiences.set(audiences)
        _adapt(post, words or {}, own_follow_ups or {}, options or {})
        for image in post.images.filter(pk__in=alts or ()):
            PostImage.objects.filter(pk=image.pk).update(alt=(alts or {})[image.pk].strip())
        _changed(post, now)
        after = [v.digest for v in post.variants.filter(dropped_at=None).order_by("pk")]
        events.record("post.changed", post, by=by, now=now, text=before != after)
    return post


def align(post: Post, *, objective: Objective, by: Actor, now: datetime) -> Post:
    """Say which objective a post answers; its words and their approval stay as they are."""
    by.must(Capability.WRITE, post.department_id)
    if objective.archived_at:
        raise Conflict(_("This objective is archived. Choose another."), field="objective")
    with transaction.atomic():
        _lock(post, None)
        post.objective = objective
        _changed(post, now)
        events.record("post.changed", post, by=by, now=now, text=False)
    return post


def _adapt(
    post: Post,
    words: Mapping[UUID, str | None],
    follow_ups: Mapping[UUID, Sequence[str] | None],
    options: Mapping[UUID, dict[str, Any]],
) -> None:
    """Write what was said of single variants."""
    named = {*words, *follow_ups, *options}
    for variant in post.variants.filter(pk__in=named).select_related("channel"):
        changes: dict[str, Any] = {}
        if variant.pk in words:
            own = words[variant.pk]
            changes["text"] = None if own is None else typed.text(own)
        if variant.pk in follow_ups:
            parts = follow_ups[variant.pk]
            changes["follow_ups"] = None if parts is None else typed.follow_ups(parts)
        if variant.pk in options:
            changes["options"] = _options(variant, options[variant.pk])
        Variant.objects.filter(pk=variant.pk).update(**changes)


def adapt_variant(
    variant: Variant,
    *,
    text: str | None,
    follow_ups: Sequence[str] | Unsaid | None = Unsaid.UNSAID,
    options: dict[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> Variant:
    """Give one channel its own text (None: follow the common text again), follow-ups, options."""
    post = variant.post
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic():
        variant.text = None if text is None else typed.text(text)
        if not isinstance(follow_ups, Unsaid):
            variant.follow_ups = None if follow_ups is None else typed.follow_ups(follow_ups)
        variant.options = variant.options if options is None else _options(variant, options)
        variant.save(update_fields=["text", "follow_ups", "options"])
        _changed(post, now)
        variant.refresh_from_db(fields=["digest"])
        events.record("post.changed", post, by=by, now=now, variant=str(variant.pk), text=True)
    return variant


def choose_channels(post: Post, channels: Iterable[Channel], *, by: Actor, now: datetime) -> None:
    """Say to which channels the post goes; dropped variants keep their words and history."""
    by.must(Capability.WRITE, post.department_id)
    wanted = {channel.pk: channel for channel in channels}
    with transaction.atomic():
        _lock(post, None)
        for variant in post.variants.filter(dropped_at=None).exclude(channel__in=wanted):
            Variant.objects.filter(pk=variant.pk).update(dropped_at=now)
            events.record("variant.dropped", variant, by=by, now=now)
        have = set(post.variants.filter(dropped_at=None).values_list("channel_id", flat=True))
        for pk, channel in wanted.items():
            if pk not in have:
                _add_variant(post, channel)
        _changed(post, now)
        events.record("post.changed", post, by=by, now=now, channels=[str(pk) for pk in wanted])


def change_channel(variant: Variant, *, channel: Channel, by: Actor, now: datetime) -> Variant:
    """Let a post go out on `channel` instead of the variant's own, with the same words and time.

    Returns the variant that stands there then; raises Conflict where the post goes there already.
    """
    post = variant.post
    by.must(Capability.WRITE, post.department_id)
    kept = ("text", "follow_ups", "planned_wall", "planned_zone", "planned_at")
    with transaction.atomic():
        _lock(post, None)
        if post.variants.filter(channel=channel, dropped_at=None).exists():
            raise Conflict(
                _("This post goes out on %(channel)s already.") % {"channel": channel.name}
            )
        if not Variant.objects.filter(pk=variant.pk, dropped_at=None).update(dropped_at=now):
            raise Conflict(_("This channel was taken off the post."))
        events.record("variant.dropped", variant, by=by, now=now)
        fresh = _add_variant(post, channel)
        Variant.objects.filter(pk=fresh.pk).update(
            **{name: getattr(variant, name) for name in kept}
        )
        _changed(post, now)
        fresh.refresh_from_db()
        fresh.post = post
        events.record("post.changed", post, by=by, now=now, channels=[str(channel.pk)])
    return fresh


def attach_image(
    post: Post, asset: Asset, *, alt: str | None = None, by: Actor, now: datetime
) -> PostImage:
    """Add an image at the end. Its alt text starts as the library's."""
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic():
        _lock(post, None)
        there = post.images.filter(asset=asset).first()
        if there:
            return there
        last = post.images.aggregate(last=Max("position"))["last"]
        if last is not None and last + 1 >= IMAGES_MAX:
            raise Invalid(
                _("A post takes %(n)s images at most.") % {"n": IMAGES_MAX},
                field="file",
            )
        image = PostImage.objects.create(
            post=post,
            asset=asset,
            position=0 if last is None else last + 1,
            alt=(asset.alt if alt is None else alt).strip(),
        )
        _changed(post, now)
        events.record("post.changed", post, by=by, now=now, image=str(asset.pk))
    return image


def describe_image(image: PostImage, *, alt: str, by: Actor, now: datetime) -> PostImage:
    """Change the alt text an image has in this post."""
    by.must(Capability.WRITE, image.post.department_id)
    with transaction.atomic():
        image.alt = alt.strip()
        image.save(update_fields=["alt"])
        _changed(image.post, now)
        events.record("post.changed", image.post, by=by, now=now, image=str(image.asset_id))
    return image


def detach_image(image: PostImage, *, by: Actor, now: datetime) -> None:
    """Take an image out of the post; the library keeps it."""
    post = image.post
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic():
        image.delete()
        for position, left in enumerate(post.images.all()):
            PostImage.objects.filter(pk=left.pk).update(position=position)
        _changed(post, now)
        events.record("post.changed", post, by=by, now=now, images=True)


def plan_variant(
    variant: Variant, *, wall: datetime | None, zone: str, by: Actor, now: datetime
) -> Variant:
    """Pencil in when a variant should go out (None: undated). Publishing asks for approval first.

    `wall` is a naive wall time in `zone`. Raises Invalid for an unknown zone or a time gone by.
    """
    by.must(Capability.WRITE, variant.post.department_id)
    variant.planned_wall, variant.planned_zone, variant.planned_at = "", "", None
    if wall is not None:
        _pencil(variant, wall, zone, meant(wall, zone, now=now))
    variant.save(update_fields=["planned_wall", "planned_zone", "planned_at"])
    events.record("variant.planned", variant, by=by, now=now, at=variant.planned_wall, zone=zone)
    return variant


def _pencil(variant: Variant, wall: datetime, zone: str, at: datetime | None) -> None:
    variant.planned_wall, variant.planned_zone = f"{wall:%Y-%m-%dT%H:%M}", zone
    variant.planned_at = at


def meant(wall: datetime, zone: str, *, now: datetime) -> datetime:
    """The instant a wall time means; raises Invalid for an unknown zone or a time gone by."""
    instant = instant_of(wall, zone)
    if instant <= now:
        raise Invalid(_("This time has passed already. Choose one ahead."), field="at")
    return instant


def instant_of(wall: datetime, zone: str) -> datetime:
    """The instant a wall time means, gone by or ahead; raises Invalid for an unknown zone."""
    try:
        return clock.resolve(wall, zone).instant
    except clock.UnknownZone:
        raise Invalid(
            _("“%(zone)s” is not a time zone we know, such as Europe/Paris.") % {"zone": zone},
            field="zone",
        ) from None


def freeze(variant: Variant, *, by: Actor, now: datetime) -> Revision:
    """The immutable snapshot of the variant as it stands; the same content is the same revision.

    What its links carry is part of it. Raises NotReady when it breaks a rule of its network.
    """
    by.must(Capability.WRITE, variant.post.department_id)
    images = list(variant.post.images.select_related("asset"))
    if snapshot.digest_now(variant, images) != variant.digest:
        variant = caught_up(variant)
        images = list(variant.post.images.select_related("asset"))
    known = variant.revisions.filter(digest=variant.digest).first()
    if known:
        return known
    broken = [f for f in findings(variant, images) if f.level == "bad"]
    if broken:
        raise NotReady(
            _("%(channel)s: %(sentence)s")
            % {"channel": variant.channel.name, "sentence": broken[0].sentence},
            field=f"variant:{variant.pk}",
            data={"findings": [f.as_data() for f in broken]},
        )
    with transaction.atomic():
        Variant.objects.select_for_update().get(pk=variant.pk)
        last = variant.revisions.aggregate(last=Max("number"))["last"] or 0
        revision = Revision.objects.create(
            variant=variant,
            channel=variant.channel,
            number=last + 1,
            text=tagging.words(variant),
            follow_ups=tagging.parts(variant),
            language=variant.post.language,
            media=snapshot.media_of(images),
            options=variant.options,
            digest=variant.digest,
            frozen_by=by.member,
            frozen_at=now,
        )
        events.record("revision.frozen", revision, by=by, now=now, number=revision.number)
    return revision


def caught_up(variant: Variant) -> Variant:
    """The variant read anew, with the digest it has by now: what its links carry may have changed
    with its campaign, its department's name or its channel's handle."""
    with transaction.atomic():
        post = Post.objects.select_for_update().get(pk=variant.post_id)
        fresh = Variant.objects.select_related("channel").get(pk=variant.pk)
        fresh.post = post
        fresh.digest = snapshot.digest_now(fresh, list(post.images.select_related("asset")))
        Variant.objects.filter(pk=fresh.pk).exclude(digest=fresh.digest).update(digest=fresh.digest)
    return fresh


def remove_post(post: Post, *, by: Actor, now: datetime) -> None:
    """Take a post off every list. What was published stays on record."""
    by.must(Capability.WRITE, post.department_id)
    with transaction.atomic():
        post.removed_at = post.removed_at or now
        post.save(update_fields=["removed_at"])
        post.variants.filter(dropped_at=None).update(dropped_at=now)
        # Only what was frozen can be on its way out and has to be called back.
        for variant in post.variants.filter(dropped_at=now, revisions__isnull=False).distinct():
            events.record("variant.dropped", variant, by=by, now=now)
        for occurrence in Occurrence.objects.filter(post=post, state="made", at__gt=now):
            advance(occurrence, OCCURRENCE, "skipped", by=by, now=now)
        events.record("post.removed", post, by=by, now=now, title=post.title)


def _add_variant(post: Post, channel: Channel, *, fresh: Variant | None = None) -> Variant:
    """A variant for the channel, or the one it had before. A new post has neither any nor images:
    its `fresh` variant is kept without asking."""
    if channel.state == "disconnected":
        raise Conflict(
            _("%(channel)s is disconnected. Connect it again first.") % {"channel": channel.name},
            field="channels",
        )
    before = fresh or Variant.objects.get_or_none(post=post, channel=channel)
    images = [] if fresh else list(post.images.select_related("asset"))
    variant = before or Variant(post=post, channel=channel)
    variant.dropped_at = None
    variant.digest = snapshot.digest_now(variant, images)
    variant.save()
    return variant


def _lock(post: Post, version: int | None) -> None:
    fresh = Post.objects.select_for_update().get(pk=post.pk)
    if fresh.removed_at:
        raise Conflict(_("This post has been removed."))
    if version is not None and fresh.version != version:
        raise Outdated(
            _("Somebody else saved this post while you were writing. Your text is still here.")
        )
    post.version = fresh.version


def _changed(post: Post, now: datetime) -> None:
    """Count the change, and bring every variant's digest up to date with it."""
    post.version += 1
    post.changed_at = now
    post.save()
    images = list(post.images.select_related("asset"))
    for variant in post.variants.filter(dropped_at=None).select_related("channel"):
        variant.post = post
        digest = snapshot.digest_now(variant, images)
        if digest != variant.digest:
            Variant.objects.filter(pk=variant.pk).update(digest=digest)


def _options(variant: Variant, options: dict[str, Any]) -> dict[str, Any]:
    """Only declared options, with values their network offers."""
    adapter = registry.adapter(variant.channel.network)
    kept: dict[str, Any] = {}
    for field in adapter.options_for(variant.channel.account):
        value = str(options.get(field.name, field.default))
        if field.choices and value not in {choice for choice, _label in field.choices}:
            raise Invalid(_("Choose one of the values offered."), field=field.name)
        if value != field.default:
            kept[field.name] = value
    return kept
