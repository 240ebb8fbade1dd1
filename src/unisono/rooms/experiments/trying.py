"""Posts in experiments: drawn, placed, locked, counted, and let go.

Every time is given and every copy made by the verbs a person would use: house rules hold, and what
wants an approval waits for it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from unisono.kernel import events
from unisono.kernel.refusals import Conflict, Invalid
from unisono.kernel.states import advance
from unisono.rooms.content import actions as content
from unisono.rooms.content.copies import copy_post
from unisono.rooms.content.models import Post, Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.experiments import placing
from unisono.rooms.experiments.models import Experiment, ExperimentArm, Left, Trial
from unisono.rooms.experiments.states import TRIAL
from unisono.rooms.experiments.statistics.drawing import drawn
from unisono.rooms.orchestration import autopilot
from unisono.rooms.orchestration.models import Lock
from unisono.rooms.people.actors import Actor
from unisono.rooms.people.capabilities import Capability

REASON_MAX = 300


def add(
    experiment: Experiment, variant: Variant, *, wording: str = "", by: Actor, now: datetime
) -> list[Trial]:
    """Let a post try what is drawn for it; of wordings, the post and a copy of it.

    Of times, the post is moved into the hours of its arm. Of wordings, the copy, which is a draft
    of its own with the words of `wording` (none: to be changed by hand), tries the second; which of
    the two goes first is drawn. Raises Conflict, and what the verbs of publishing raise.
    """
    by.must(Capability.WRITE, variant.post.department_id)
    with transaction.atomic():
        row = Experiment.objects.select_for_update().get(pk=experiment.pk)
        _must_take(row, variant, now=now)
        arms = list(row.arms.all())
        number = _next(row)
        if not row.paired:
            arm = arms[drawn(row.seed, number)]
            placing.put_in(row, arm, variant, number, by=by, now=now)
            return [_assign(row, arm, variant, number, by=by, now=now)]
        copy = _copied(variant, arms[1], wording, by=by, now=now)
        wall, zone = datetime.fromisoformat(variant.planned_wall), variant.planned_zone
        first, second = (copy, variant) if drawn(row.seed, number) else (variant, copy)
        placing.put_apart(first, second, wall, zone, by=by, now=now)
        return [
            _assign(row, arm, one, number, by=by, now=now)
            for arm, one in zip(arms, (variant, copy), strict=True)
        ]


def take_out(trial: Trial, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a post go before it is judged; of a pair both, since one alone says nothing."""
    by.must(Capability.WRITE, trial.post.department_id)
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason:
        raise Invalid(_("Say why it is taken out: others will ask."), field="reason")
    if len(reason) > REASON_MAX:
        raise Invalid(_("Say it in at most %(n)s characters.") % {"n": REASON_MAX}, field="reason")
    if trial.state == "judged":
        raise Conflict(
            _("This post is judged: taking it out now would bend the answer. It stays in.")
        )
    for one in _with_its_pair(trial):
        leave(one, Left.PERSON, reason=reason, by=by, now=now)


def leave(trial: Trial, why: Left, *, reason: str = "", by: Actor, now: datetime) -> None:
    """Let a post go, whatever the reason, and unlock it."""
    with transaction.atomic():
        data, waited = {"why": str(why), "reason": reason}, trial.state == "assigned"
        advance(trial, TRIAL, "left", by=by, now=now, data=data, left_at=now, left=why,
                reason=reason)  # fmt: skip
        if waited:
            _unlock(trial, by=by, now=now)


def keep_count(
    trial: Trial, count: int, expected: float | None, *, by: Actor, now: datetime
) -> None:
    """Write down what was counted of it, once; from then on it stays in."""
    data = {"count": count, "expected": expected}
    with transaction.atomic():
        advance(trial, TRIAL, "judged", by=by, now=now, data=data, count=count, expected=expected,
                judged_at=now)  # fmt: skip
        _unlock(trial, by=by, now=now)


def settle_adjusting(experiment: Experiment, *, adjusts: bool) -> None:
    """Say, before the first count is kept, whether counts are held against their like."""
    if Experiment.objects.filter(pk=experiment.pk, adjusts=None).update(adjusts=adjusts):
        experiment.adjusts = adjusts


def let_go(experiment: Experiment, *, by: Actor, now: datetime) -> None:
    """The experiment is over: what it has not judged is nobody's trial any more."""
    for trial in experiment.trials.filter(state="assigned").select_related("post"):
        leave(trial, Left.ENDED, by=by, now=now)


def _must_take(row: Experiment, variant: Variant, *, now: datetime) -> None:
    if row.state != "running":
        raise Conflict(_("Posts are added to a running experiment. Start it first."))
    if variant.channel_id != row.channel_id:
        raise Invalid(_("This experiment asks about %(channel)s.") % {"channel": row.channel.name},
                      field="variant")  # fmt: skip
    if variant.post.department_id != row.department_id:
        said = _("This experiment is for posts of %(department)s.")
        raise Invalid(said % {"department": row.department.name}, field="variant")
    if Trial.objects.filter(variant=variant).exclude(state="left").exists():
        raise Conflict(_("This post is in an experiment already."), field="variant")
    gone = variant.publications.filter(part=0, state__in=("published", "publishing", "unknown"))
    if gone.exists():
        raise Conflict(_("This post has gone out already: it is too late to draw for it."))
    if row.trials.exclude(state="left").count() >= 2 * row.planned:
        raise Conflict(_("This experiment has all the posts that were planned for it."))
    if row.paired and (variant.planned_at is None or variant.planned_at <= now):
        raise Conflict(_("Give the post a time ahead first, so that its other version finds one."))


def _next(row: Experiment) -> int:
    last = row.trials.order_by("-number").values_list("number", flat=True).first()
    return 0 if last is None else last + 1


def _assign(
    row: Experiment, arm: ExperimentArm, variant: Variant, number: int, *, by: Actor, now: datetime
) -> Trial:
    # A lock that somebody set before is theirs, and stays afterwards.
    locks = not Lock.objects.filter(post=variant.post_id).exists()
    if locks:
        reason = _text("Experiment: %(question)s") % {"question": row.question}
        autopilot.lock(variant.post, reason=reason, by=by, now=now)
    made = Trial.objects.create(
        experiment=row, arm=arm, number=number, post=variant.post, variant=variant,
        assigned_at=now, assigned_by=by.member, locks=locks,
    )  # fmt: skip
    told = {"experiment": str(row.pk), "arm": arm.label, "number": number}
    events.record("trial.assigned", made, by=by, now=now, **told)
    return made


def _copied(
    variant: Variant, arm: ExperimentArm, wording: str, *, by: Actor, now: datetime
) -> Variant:
    post = variant.post
    made = copy_post(
        post, campaign=post.campaign, channels=[variant.channel], by=by, now=now
    )  # fmt: skip
    wording = wording.strip() or variant.words
    content.change_post(
        made,
        title=f"{post.title[: 155 - len(arm.label)]} ({arm.label})",
        text=wording,
        language=made.language,
        department=made.department,
        campaign=made.campaign,
        objective=made.objective,
        by=by,
        now=now,
    )
    (copy,) = variants_of(Post.objects.select_related("department").get(pk=made.pk))
    if copy.text is not None:
        content.adapt_variant(copy, text=None, by=by, now=now)
    return copy


def _unlock(trial: Trial, *, by: Actor, now: datetime) -> None:
    others = Trial.objects.filter(post=trial.post_id, state="assigned").exclude(pk=trial.pk)
    if trial.locks and not others.exists():
        autopilot.unlock(trial.post, by=by, now=now)


def _with_its_pair(trial: Trial) -> list[Trial]:
    if not trial.experiment.paired:
        return [trial]
    pair = trial.experiment.trials.filter(number=trial.number).select_related("post")
    if any(one.state == "judged" for one in pair):
        raise Conflict(
            _("The other version of this post is judged: taking it out now would bend the answer.")
        )
    return [one for one in pair if one.state == "assigned"]
