"""The demonstration company, loaded once as by `make demo`, against a real pretend network."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from tests.servers.running import answers, free_port, running
from unisono import demo
from unisono.kernel import tenancy
from unisono.networks import registry
from unisono.rooms.advocacy.models import Kit
from unisono.rooms.advocacy.queries import summary
from unisono.rooms.advocacy.sharing import shown
from unisono.rooms.automation.models import Rule, RuleStep
from unisono.rooms.channels.models import Channel
from unisono.rooms.content.checks import findings
from unisono.rooms.content.models import Idea, IdeaColumn, Post, Series, Variant
from unisono.rooms.engagement.models import Conversation, Message
from unisono.rooms.experiments.models import Experiment
from unisono.rooms.experiments.statistics.finding import Shown
from unisono.rooms.library.models import Asset
from unisono.rooms.metrics import queries as metrics
from unisono.rooms.metrics.models import DailyFigure, Sample
from unisono.rooms.orchestration.models import Act, Noticed, Signal
from unisono.rooms.people.actors import actor_for
from unisono.rooms.people.models import Department, Member, Organization, User
from unisono.rooms.plan.models import Campaign, CampaignTemplate, Objective
from unisono.rooms.publishing.models import Publication
from unisono.rooms.publishing.pacing.lane import Kind
from unisono.rooms.publishing.pacing.queries import collisions
from unisono.rooms.publishing.promises import outcome
from unisono.rooms.requests.models import Request
from unisono.rooms.workflow.models import Absence, ApprovalRequest, Comment, Task
from unisono.rooms.workflow.risks import at_risk

pytestmark = pytest.mark.django_db


@dataclass
class Loaded:
    """What one loading left, and how long it took."""

    now: datetime
    seconds: float
    said: list[str] = field(default_factory=list)
    jobs: int = 0


class Back(Exception):
    """Ends the transaction in which the company was loaded."""


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """The company in the place of the cast, taken away again at the end."""
    folder, port = tmp_path_factory.mktemp("sandbox"), free_port()
    command = [sys.executable, "-m", "unisono.networks.sandbox.server", "--port", str(port)]
    source = str(Path(__file__).parents[2] / "src")
    with (
        running(
            command, log=folder / "log", ready=lambda: answers(port), env={"PYTHONPATH": source}
        ),
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(settings, "UNISONO_REACHABLE", [("127.0.0.1", port)])
        try:
            with transaction.atomic():
                _empty(patch)
                result = Loaded(datetime.now(UTC), 0.0)
                start = time.monotonic()
                demo.load(result.now, sandbox_port=port, say=result.said.append)
                result.seconds = time.monotonic() - start
                result.jobs = _waiting()
                yield result
                raise Back
        except Back:
            pass


def _empty(patch: pytest.MonkeyPatch) -> None:
    """The cast stands aside: to the loader the house is empty."""
    known = set(Organization.objects.values_list("pk", flat=True))
    everything = Organization.objects.all
    patch.setattr(
        Organization.objects, "exists", lambda: everything().exclude(pk__in=known).exists()
    )


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
        return int(cursor.fetchone()[0])


@pytest.fixture
def house(loaded: Loaded) -> Iterator[Organization]:
    """The company's own scope."""
    first = loaded.now - timedelta(days=98)
    house = Organization.objects.get(
        name="Maison Lumen", founded_at__gte=first, founded_at__lt=loaded.now - timedelta(days=96)
    )
    with tenancy.within(house.pk):
        yield house


def test_it_is_there_in_time_and_says_what_it_does(loaded: Loaded) -> None:
    assert loaded.seconds < 90
    assert any("figures" in sentence for sentence in loaded.said)
    assert loaded.said[-1].endswith("unisono-demo.")
    assert loaded.jobs < 100


def test_the_company(house: Organization) -> None:
    assert Department.objects.count() == 4
    assert Member.objects.count() == len(demo.PERSONAS)
    assert {m.user.email for m in Member.objects.select_related("user")} == {
        persona.email for persona in demo.PERSONAS
    }
    assert User.objects.get(email=demo.PERSONAS[0].email).check_password(demo.PASSWORD)
    assert Channel.objects.count() == 8
    assert {c.profile["place"] for c in Channel.objects.all()} == {"agora", "chirp", "atelier"}
    assert Campaign.objects.count() == 4
    assert all(campaign.audiences.exists() for campaign in Campaign.objects.all())
    assert Campaign.objects.exclude(utm={}).count() == 3
    assert CampaignTemplate.objects.count() == 1
    assert Objective.objects.count() == 6
    assert Asset.objects.count() == 14
    assert Idea.objects.filter(state="captured").count() >= 12
    assert Comment.objects.count() >= 5


def test_a_hundred_and_twenty_posts_in_every_state(house: Organization) -> None:
    held = Campaign.objects.get(name="Evening at the forge")
    told = Post.objects.filter(occurrence=None).exclude(campaign=held)
    assert told.exclude(trials__experiment__state="done").count() == 123
    languages = Counter(Post.objects.values_list("language", flat=True))
    assert languages["en"] >= 50
    assert languages["fr"] >= 30
    assert languages["de"] >= 20
    states = Counter(Publication.objects.values_list("state", flat=True))
    assert states["published"] > 110
    assert states["scheduled"] > 25
    assert (states["failed"], states["unknown"]) == (1, 1)
    assert states["held"] >= 2
    asked = Counter(ApprovalRequest.objects.values_list("state", flat=True))
    assert asked["open"] >= 8
    assert asked["changes_asked"] >= 3
    drafts = Post.objects.filter(requests=None, occurrence=None).exclude(campaign=held)
    assert drafts.count() == 8


def test_threads_and_what_comes_back_every_week(house: Organization) -> None:
    """A thread that is out, one that waits, a first comment, and two series with posts ahead."""
    out = Publication.objects.filter(variant__post__title="Light for a small kitchen")
    assert Counter(out.values_list("part", "state")) == {(n, "published"): 2 for n in range(4)}
    assert {row.reply_to["parent"]["remote_id"] for row in out if row.part == 1} == {
        row.remote_id for row in out if row.part == 0
    }
    waits = Publication.objects.filter(variant__post__title="Care guide: brass", part__gt=0)
    assert set(waits.values_list("state", "next_at")) == {("scheduled", None)}
    for series in Series.objects.all():
        posts = [row.post for row in series.occurrences.order_by("day") if row.post]
        scheduled = [post for post in posts if Publication.objects.filter(variant__post=post)]
        assert 2 <= len(scheduled) < len(posts)
    assert Series.objects.count() == 2


def test_no_draft_breaks_a_rule_of_its_network(house: Organization) -> None:
    for variant in Variant.objects.select_related("channel", "post"):
        bad = [remark for remark in findings(variant) if remark.level == "bad"]
        assert not bad, (variant.post.title, variant.channel.name, bad)
        account = variant.channel.account
        adapter = registry.adapter(variant.channel.network)
        assert adapter.length(variant.words, account) <= adapter.limits(account).text_max


def test_what_is_published_is_on_the_network_with_its_past_time(
    house: Organization, loaded: Loaded
) -> None:
    out = Publication.objects.filter(state="published")
    assert not out.filter(remote_id="").exists()
    assert not out.filter(published_at__gt=loaded.now).exists()
    assert out.filter(published_at__lt=loaded.now - timedelta(days=80)).exists()
    assert not Publication.objects.filter(state="publishing").exists()
    assert not Publication.objects.filter(state="scheduled", due_at__lte=loaded.now).exists()


def test_two_posts_collide_one_of_them_on_purpose(house: Organization, loaded: Loaded) -> None:
    lea = actor_for(Member.objects.get(user__email=demo.PERSONAS[0].email))
    found = collisions(lea, loaded.now, loaded.now + timedelta(days=28))
    told = {clash.place.title: (clash.findings[0].kind, bool(clash.anyway)) for clash in found}
    assert told["Ouverture : on vous attend"] == (Kind.GAP, True)
    assert told["Sechs Fehler bei Pendelleuchten"] == (Kind.BLACKOUT, False)
    assert all(clash.ways(now=loaded.now, zone=lea.zone) for clash in found)


def test_five_posts_go_out_in_the_first_two_minutes(house: Organization) -> None:
    start = datetime.now(UTC)
    due = Publication.objects.filter(state="scheduled", due_at__lt=start + timedelta(seconds=130))
    assert due.values("variant__post").distinct().count() >= 5


def test_who_has_to_look_at_what(house: Organization) -> None:
    reasons = set(
        Publication.objects.filter(state__in=("failed", "held", "unknown")).values_list(
            "reason_code", flat=True
        )
    )
    assert reasons == {"refused", "late", "person_decides", "on_hold"}
    assert Publication.objects.get(state="unknown").next_at is None


def test_ninety_days_of_figures(house: Organization, loaded: Loaded) -> None:
    days = DailyFigure.objects.filter(figure="views").values_list("day", flat=True).distinct()
    assert len(days) > 60
    assert Sample.objects.filter(observed_at__gt=loaded.now).count() == 0
    lea = actor_for(Member.objects.get(user__email=demo.PERSONAS[0].email))
    found = metrics.progress(lea, list(Objective.objects.all()), now=loaded.now)
    values = {o.name: (found[o.pk].value, o.target) for o in Objective.objects.all()}
    assert all(0 < value < target for value, target in values.values()), values
    standings = {progress.standing for progress in found.values()}
    assert len(standings) > 1, values


def test_people_write_and_most_are_answered(house: Organization) -> None:
    assert Message.objects.count() > 300
    states = Counter(Conversation.objects.values_list("state", flat=True))
    assert states["closed"] > states["open"] > 3


def test_what_many_ask_stands_out_and_an_answer_is_proposed(house: Organization) -> None:
    topic = Signal.objects.get(kind=Noticed.TOPIC, state="open", key="warranty")
    assert topic.department and topic.data["people"] >= 8
    answer = topic.proposals.get(kind=Act.ANSWER)
    assert (answer.state, answer.department) == ("offered", topic.department)


def test_a_believable_week_of_work(house: Organization, loaded: Loaded) -> None:
    """Somebody is away, and at least two posts are at risk, each with its reason."""
    lea = actor_for(Member.objects.get(user__email=demo.PERSONAS[0].email))
    assert Task.objects.filter(state="done").count() >= 5
    assert Task.objects.filter(owner=lea.member, state__in=("open", "in_progress")).count() >= 4
    assert Task.objects.filter(campaign__name="Evening at the forge", state="done").exists()
    assert Absence.objects.count() == 1
    why = {reason.code for one in at_risk(lea, now=loaded.now) for reason in one.reasons}
    assert {"absent", "unowned"} <= why


def test_an_experiment_has_found_something(house: Organization) -> None:
    row = Experiment.objects.get(state="done")
    assert row.finding.told.shown is Shown.FIRST
    assert Experiment.objects.filter(state="running").count() == 1


def test_a_second_loading_changes_nothing(house: Organization, loaded: Loaded) -> None:
    said: list[str] = []
    before = Post.objects.count()
    demo.load(loaded.now, sandbox_port=1, say=said.append)
    assert said == ["There is an organization already: the demonstration company is left as it is."]
    assert Post.objects.count() == before


def test_the_board_is_in_use(house: Organization) -> None:
    open_ones = Idea.objects.filter(state="captured")
    assert {row.source for row in open_ones} == set(Idea.Source.values)
    for column in IdeaColumn.objects.all():
        assert open_ones.filter(column=column).count() >= 2, column.name
    busy = open_ones.filter(ideavote_set__isnull=False, ideatag_set__isnull=False)
    assert busy.distinct().count() >= 5
    assert Idea.objects.filter(merged_into__isnull=False).count() == 1
    assert {row.state for row in Idea.objects.all()} == {"captured", "developed", "dropped"}


def test_requests_stand_in_every_state(house: Organization) -> None:
    rows = list(Request.objects.prefetch_related("words", "files"))
    assert {row.state for row in rows} == {"new", "promised", "refused", "done"}
    stands = {(row.state, outcome(row)["badge"]) for row in rows}
    assert {("done", "published"), ("promised", "in_review"), ("promised", "")} <= stands
    assert all(row.answer for row in rows if row.state == "refused")
    assert any(row.files.all() for row in rows) and any(row.words.all() for row in rows)
    told = [(row.made_at, row.decided_at, row.done_at) for row in rows if row.state == "done"]
    assert all(made < decided < done for made, decided, done in told if decided and done)


def test_rules_have_acted(house: Organization) -> None:
    assert sorted(Rule.objects.values_list("state", flat=True)) == ["off", "on", "on"]
    assert set(RuleStep.objects.values_list("state", flat=True)) == {"done"}
    assert RuleStep.objects.values("run__rule").distinct().count() == 2


def test_two_kits_are_shared(house: Organization) -> None:
    kits = {kit.title: kit for kit in Kit.objects.all()}
    assert {kit.state for kit in kits.values()} == {"open"} and len(kits) == 2
    counts = summary(kits.values())
    assert all(one["shared"] and one["visits"] > 30 for one in counts.values())
    aube = shown(kits["Aube, our new collection"], now=datetime.now(UTC))
    assert [text.language for text in aube.texts] == ["en", "fr", "de"] and aube.pictures
