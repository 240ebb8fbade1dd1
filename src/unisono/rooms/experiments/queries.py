"""Questions about experiments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from unisono.kernel.refusals import NotFound
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import queries as content
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import seen
from unisono.rooms.experiments.counts import Usual, usual
from unisono.rooms.experiments.models import Experiment, ExperimentFinding, Trial
from unisono.rooms.experiments.statistics import sample
from unisono.rooms.experiments.statistics.finding import Finding
from unisono.rooms.people.actors import Actor

FEW = 10
"""A handful of posts, to say what so few would show."""


@dataclass(frozen=True)
class Sample:
    """What an experiment would take: posts `needed` each way and `weeks` at the channel's pace,
    beside the number `planned`; and what uplift that number and a handful would show."""

    usual: Usual
    uplift: float
    needed: int
    planned: int
    weeks: int
    planned_weeks: int
    planned_shows: float
    few_show: float


def sample_of(usual: Usual, uplift: float, planned: int | None = None) -> Sample:
    """The same, of what like posts of a channel do."""
    needed = sample.needed(usual.spread, uplift)
    chosen = planned or needed
    # Blocks of four come out even at the end.
    chosen += chosen % 2
    return Sample(
        usual, uplift, needed, chosen,
        sample.weeks(needed, usual.a_week), sample.weeks(chosen, usual.a_week),
        sample.shows(chosen, usual.spread), sample.shows(FEW, usual.spread),
    )  # fmt: skip


def planned_sample(
    channel: Channel, *, figure: str, hours: int, uplift: float, planned: int | None = None,
    now: datetime,
) -> Sample:  # fmt: skip
    """What an experiment on a channel would take, by its own counts."""
    return sample_of(usual(channel, figure, hours, now=now), uplift, planned)


def experiments(actor: Actor, *states: str) -> QuerySet[Experiment]:
    """The experiments of the departments the actor sees, the last planned first."""
    rows = Experiment.objects.filter(seen(actor, "department"))
    if states:
        rows = rows.filter(state__in=states)
    return rows.select_related("department", "channel", "planned_by", "finding").prefetch_related(
        "arms"
    )


def experiment(actor: Actor, pk: UUID) -> Experiment:
    """One experiment; raises NotFound."""
    found = experiments(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such experiment."))
    return found


def trials(experiment: Experiment) -> QuerySet[Trial]:
    """The posts of an experiment in the order they were drawn, those that left last."""
    rows = experiment.trials.select_related("arm", "post", "variant__channel")
    return rows.order_by("left_at", "-number", "arm__position")


def trial(actor: Actor, experiment_id: UUID, pk: UUID) -> Trial:
    """One of them; raises NotFound."""
    rows = Trial.objects.filter(pk=pk, experiment=experiment(actor, experiment_id))
    found = rows.select_related("experiment__department", "arm", "post__department").first()
    if found is None:
        raise NotFound(_("There is no such post in this experiment."))
    return found


def progress(rows: Iterable[Experiment]) -> dict[UUID, tuple[int, int]]:
    """Of each experiment how many posts are in it, and how many of them are judged. One query."""
    ids = [row.pk for row in rows]
    counted = (
        Trial.objects.filter(experiment__in=ids)
        .exclude(state="left")
        .order_by()
        .values("experiment")
        .annotate(every=Count("pk"), judged=Count("pk", filter=Q(state="judged")))
    )
    found = {row["experiment"]: (row["every"], row["judged"]) for row in counted}
    return {pk: found.get(pk, (0, 0)) for pk in ids}


def finding(experiment: Experiment) -> Finding | None:
    """What it shows so far, or showed in the end."""
    row = ExperimentFinding.objects.filter(experiment=experiment).first()
    return row.told if row else None


def addable(actor: Actor, experiment: Experiment) -> QuerySet[Variant]:
    """What may be added: posts of its department for its channel that are not out, nor in any
    experiment; of wordings those that have a time. The soonest first."""
    rows = content.variants(actor).filter(
        channel=experiment.channel_id, post__department=experiment.department_id,
    )  # fmt: skip
    tried = Trial.objects.exclude(state="left").values("variant")
    rows = rows.exclude(pk__in=tried).exclude(
        publications__state__in=("published", "publishing", "unknown", "failed")
    )
    if experiment.paired:
        rows = rows.filter(planned_at__isnull=False)
    return rows.order_by("planned_at", "post__title", "pk")
