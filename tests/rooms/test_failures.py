"""Every class of failure, lateness and expiry ends with people, in the API and on the page.

One row a class: how it comes about, when it is looked at, and what must be told. The other half
of the promise is below: no kind of notice without a sender, no setting without a reader.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from tests.api.conftest import Program, program
from tests.cast import NOW, Cast
from tests.rooms.test_content import picture
from tests.screens.conftest import Browser, browser
from unisono.config import places, wiring
from unisono.kernel import jobs
from unisono.networks import registry
from unisono.networks.contract import (
    Limited,
    Published,
    Refused,
    Seen,
    Sentence,
    SignInAgain,
    Unknown,
    Unsent,
    VerdictRaised,
)
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels.models import Channel
from unisono.rooms.content import actions as content
from unisono.rooms.content import snapshot
from unisono.rooms.library import actions as library
from unisono.rooms.notifications import (
    experiments,
    intake,
    kits,
    letters,
    reactions,
    rules,
    work,
)
from unisono.rooms.notifications.models import Notice
from unisono.rooms.notifications.sentences import SENTENCES, sentence
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import (
    alarms,
    claims,
    doubts,
    holds,
    ledger,
    preflight,
    readback,
    takeover,
    verdicts,
)
from unisono.rooms.publishing.models import Attempt, Publication, ReadBack
from unisono.rooms.publishing.reasons import because
from unisono.rooms.workflow import actions as workflow
from unisono.screens.settings import forms

__all__ = ["program"]

WHY = Sentence("The network said so.")
SECOND = timedelta(seconds=1)
LATE = NOW + timedelta(minutes=3)
"""More than is prompt after what is due at NOW."""
AHEAD = datetime(2026, 3, 4, 20, 0)
"""A wall time in Paris later on the day of NOW."""

TITLE = "A lamp"


class Story:
    """A post of the editor's that is due at NOW, and what may befall it."""

    def __init__(self, cast: Cast, patch: pytest.MonkeyPatch) -> None:
        self.cast, self.patch = cast, patch
        self.editor, self.admin = cast.actor("editor"), cast.actor("admin")
        self.robot = system(cast.lumen.pk)

    def post(self, *, image: bool = False) -> Any:
        post = content.write_post(
            title=TITLE,
            text="Light.",
            department=self.cast.departments["Marketing"],
            channels=[self.cast.agora],
            by=self.editor,
            now=NOW,
        )
        if image:
            asset = library.add_asset(
                data=picture(), name="Lamp", alt="A lamp.", by=self.editor, now=NOW
            )
            content.attach_image(post, asset, by=self.editor, now=NOW)
        return post

    def approved(self, *, image: bool = False) -> Any:
        (request,) = workflow.ask_approval(self.post(image=image), by=self.editor, now=NOW)
        workflow.approve(request, by=self.cast.actor("approver"), now=NOW)
        return request

    def due(self, *, image: bool = False) -> Publication:
        revision = self.approved(image=image).revision
        return publishing.publish_now(revision, by=self.editor, now=NOW)

    def ahead(self, *, image: bool = False) -> Publication:
        revision = self.approved(image=image).revision
        return publishing.schedule(
            revision, wall=AHEAD, zone="Europe/Paris", by=self.editor, now=NOW
        )

    def after(self, verdict: Any, at: datetime = NOW) -> Publication:
        row = self.due()
        (errand,) = claims.claim_due(worker="w", now=at)
        ledger.settle(errand, verdict, now=at)
        return row

    def cannot_look(self) -> None:
        adapter = registry.publisher("sandbox")
        safety = replace(adapter.safety(self.cast.agora.account), can_look=False)
        self.patch.setattr(type(adapter), "safety", lambda *_: safety)


def refused(story: Story) -> Any:
    return story.after(Refused(WHY))


def retries_used_up(story: Story) -> Any:
    return story.after(Unsent(WHY), NOW + publishing.GRACE - SECOND)


def limited_past_latest(story: Story) -> Any:
    return story.after(Limited(NOW + publishing.GRACE + SECOND))


def sign_in_needed(story: Story) -> Any:
    return story.after(SignInAgain(WHY))


def no_look_up(story: Story) -> Any:
    story.cannot_look()
    return story.after(Unknown(WHY))


def looks_used_up(story: Story) -> Any:
    row = story.after(Unknown(WHY))
    Publication.objects.filter(pk=row.pk).update(looks=verdicts.LOOKS_MAX, next_at=NOW)
    (errand,) = doubts.claim_doubtful(worker="w", now=NOW)
    ledger.settle(errand, Unknown(WHY), now=NOW)
    return row


def worker_lost(story: Story) -> Any:
    row = story.due()
    claims.claim_due(worker="w", now=NOW)
    doubts.reap(now=NOW + claims.LEASE + SECOND)
    alarms.sweep(now=LATE)
    return row


def kills_its_worker_twice(story: Story) -> Any:
    story.due(image=True)
    fell = NOW
    for worker in ("first", "second"):
        (errand,) = claims.claim_due(worker=worker, now=fell)
        Attempt.objects.filter(pk=errand.attempt_id).update(outcome="fatal")
        takeover.give_up(worker, now=fell)
        doubts.reap(now=fell)
        fell += doubts.PAUSE


def cannot_be_put_together(story: Story) -> Any:
    story.due()
    story.patch.setattr(snapshot, "frozen", lambda *_: {}["mime"])
    claims.claim_due(worker="w", now=NOW)


def breaks_ahead(story: Story) -> Any:
    row = story.ahead(image=True)
    Publication.objects.filter(pk=row.pk).update(**because(preflight.BREAKS))
    preflight.run(now=row.due_at - timedelta(minutes=14))


def gone_from_its_network(story: Story) -> Any:
    back = read_back(story)
    for at in (NOW + SECOND, NOW + readback.AGREE_AFTER + SECOND):
        readback.record([back], {"r-0": Seen(there=False)}, by=story.robot, now=at)


def changed_on_its_network(story: Story) -> Any:
    seen = Seen(text="Other words.", edited=True)
    readback.record([read_back(story)], {"r-0": seen}, by=story.robot, now=NOW)


def read_back(story: Story) -> ReadBack:
    story.after(Published("r-0", "http://x/"))
    jobs.run_pending()
    return ReadBack.objects.select_related("publication__channel").get()


def never_approved(story: Story) -> Any:
    post = story.post()
    (variant,) = post.variants.all()
    at = datetime(2026, 3, 4, 10, 1)
    content.plan_variant(variant, wall=at, zone="Europe/Paris", by=story.editor, now=NOW)
    workflow.ask_approval(post, by=story.editor, now=NOW)
    alarms.sweep(now=LATE + timedelta(minutes=1))
    return variant


def approval_withdrawn(story: Story) -> Any:
    request = story.approved()
    publishing.schedule(request.revision, wall=AHEAD, zone="Europe/Paris", by=story.editor, now=NOW)
    request.refresh_from_db()
    workflow.withdraw_approval(request, by=story.cast.actor("approver"), now=NOW)


def edited(story: Story) -> Any:
    row = story.ahead()
    content.adapt_variant(row.variant, text="Other words.", by=story.editor, now=NOW)


def on_hold(story: Story) -> Any:
    holds.place(keyword="light", why="Recall", by=story.admin, now=NOW)
    story.due()
    claims.claim_due(worker="w", now=NOW)


def disconnected(story: Story) -> Any:
    story.due()
    channels.disconnect(story.cast.agora, by=story.admin, now=NOW)
    claims.claim_due(worker="w", now=NOW)


def nobody_at_work(story: Story) -> Any:
    story.due()
    alarms.sweep(now=LATE)


def nobody_until_too_late(story: Story) -> Any:
    row = story.due()
    alarms.sweep(now=row.latest_at + SECOND)


def being_retried(story: Story) -> Any:
    row = story.after(Unsent(WHY))
    Publication.objects.filter(pk=row.pk).update(next_at=LATE + SECOND)
    alarms.sweep(now=LATE)


def media_missing(story: Story) -> Any:
    """The file is gone when the worker reads it: the verdict the adapter's call carries out."""
    story.due(image=True)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    (asset_id,) = [media["asset"] for media in Publication.objects.get().revision.media]
    asset = library.Asset.objects.get(pk=asset_id)
    default_storage.delete(asset.path)
    with pytest.raises(VerdictRaised) as raised:
        snapshot._bytes(story.cast.lumen.pk, asset_id)
    ledger.settle(errand, raised.value.verdict, now=NOW)


def upload_refused(story: Story) -> Any:
    story.due(image=True)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    assert not errand.armed, "an image is uploaded before anything is armed"
    ledger.settle(errand, Refused(Sentence("This image is too large.")), now=NOW)


def token_expiring(story: Story) -> Any:
    story.ahead()
    Channel.objects.filter(pk=story.cast.agora.pk).update(expires_at=NOW + timedelta(hours=3))
    channels.tell_expiring(Channel.objects.get(pk=story.cast.agora.pk), now=NOW)


def image_archived(story: Story) -> Any:
    row = story.ahead(image=True)
    (asset_id,) = [media["asset"] for media in row.revision.media]
    library.retire_asset(library.Asset.objects.get(pk=asset_id), by=story.admin, now=NOW)
    preflight.run(now=row.due_at - timedelta(minutes=14))


def upload_refused_ahead(story: Story) -> Any:
    row = story.ahead(image=True)

    async def prepare(*_given: Any) -> Any:
        raise VerdictRaised(Refused(Sentence("This image is too large.")))

    story.patch.setattr(type(registry.adapter("sandbox")), "prepare", prepare)
    preflight.run(now=row.due_at - timedelta(minutes=14))


def unfit_ahead(story: Story) -> Any:
    row = story.ahead()
    limits = {**story.cast.agora.profile["limits"], "text_max": 2}
    Channel.objects.filter(pk=story.cast.agora.pk).update(profile={"limits": limits})
    preflight.run(now=row.due_at - timedelta(minutes=14))


def late_after_a_hold(story: Story) -> Any:
    on_hold(story)
    jobs.run_pending()
    Notice.objects.all().delete()
    holds.lift(holds.Hold.objects.get(), by=story.admin, now=LATE)


@dataclass(frozen=True)
class Case:
    """`notice` is the kind that is told, `group` and `code` where the lists have it."""

    happens: Callable[[Story], Any]
    notice: str
    group: str
    code: str
    at: datetime = NOW


LATER = NOW + publishing.GRACE + timedelta(minutes=1)
CASES = [
    Case(refused, "publication.failed", "person", "refused"),
    Case(retries_used_up, "publication.held", "person", "late", LATER),
    Case(limited_past_latest, "publication.held", "person", "late", LATER),
    Case(sign_in_needed, "publication.held", "person", "needs_sign_in"),
    Case(no_look_up, "publication.doubtful", "person", "person_decides"),
    Case(looks_used_up, "publication.doubtful", "person", "person_decides"),
    Case(worker_lost, "publication.late", "working", "worker_lost", LATE),
    Case(kills_its_worker_twice, "publication.held", "person", "poison"),
    Case(cannot_be_put_together, "publication.held", "person", "broken"),
    Case(breaks_ahead, "publication.at_risk", "risk", "breaks"),
    Case(gone_from_its_network, "publication.gone", "person", "gone"),
    Case(changed_on_its_network, "publication.changed", "person", "changed"),
    Case(never_approved, "variant.missed", "person", "open", LATE + timedelta(minutes=1)),
    Case(approval_withdrawn, "publication.held", "person", "not_approved"),
    Case(edited, "publication.held", "person", "edited"),
    Case(on_hold, "publication.held", "person", "on_hold"),
    Case(disconnected, "publication.held", "person", "disconnected"),
    Case(nobody_at_work, "publication.late", "working", "queued", LATE),
    Case(nobody_until_too_late, "publication.held", "person", "late", LATER),
    Case(being_retried, "publication.late", "working", "retrying", LATE),
    Case(media_missing, "publication.failed", "person", "refused"),
    Case(upload_refused, "publication.failed", "person", "refused"),
    Case(token_expiring, "channel.expiring.posts", "risk", "expires"),
    Case(image_archived, "publication.at_risk", "risk", "image"),
    Case(upload_refused_ahead, "publication.at_risk", "risk", "unprepared"),
    Case(unfit_ahead, "publication.at_risk", "risk", "unfit"),
    Case(late_after_a_hold, "publication.late", "person", "late", LATE),
]


@pytest.mark.parametrize("case", CASES, ids=[case.happens.__name__ for case in CASES])
def test_every_failure_ends_with_people(
    case: Case,
    cast: Cast,
    program: Callable[..., Program],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case.happens(Story(cast, monkeypatch))
    jobs.run_pending()
    told = Notice.objects.filter(kind=case.notice)
    names = {"editor", "admin"}
    assert {cast.members[n].pk for n in names} <= {n.member_id for n in told}, (
        "whoever wrote and scheduled it, and whoever looks after the channel"
    )
    assert all(notice.urgent for notice in told)
    for notice in told:
        assert TITLE in sentence(notice.kind, notice.params)
        assert "%(" not in sentence(notice.kind, notice.params)

    for door in ("unisono.api.due.now", "unisono.screens.publications.due.now"):
        monkeypatch.setattr(door, lambda: case.at)
    answer = program("editor")("GET", "/publications/due").json()
    (item,) = [item for item in answer["items"] if item["title"] == TITLE]
    assert (item["group"], item["code"]) == (case.group, case.code)
    assert item["reason"] and item["todo"]
    page = browser_page(cast)
    assert TITLE in page
    assert escaped(item["reason"]) in page
    assert escaped(item["todo"]) in page


def browser_page(cast: Cast) -> str:
    client: Browser = browser(cast, "editor")
    return client.get("/due/").content.decode()


def escaped(text: str) -> str:
    return text.replace("'", "&#x27;")


# --- notices and settings ---


SOURCE = places.PACKAGE
TELLERS = (reactions, experiments, intake, kits, rules, work)


def senders() -> set[str]:
    """The kinds notices are sent with: events wired to a reaction here, and kinds named in one."""
    named = {
        node.value
        for module in (*TELLERS, letters)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return wired() | named


def wired() -> set[str]:
    return {
        kind
        for kind, functions in wiring.REACTIONS.items()
        if any(function.__module__ in {m.__name__ for m in TELLERS} for function in functions)
    }


def test_every_kind_of_notice_has_a_sender() -> None:
    assert set(SENTENCES) - senders() == set()


def test_every_event_that_is_told_has_a_sentence() -> None:
    """`publication.unknown` is told as doubtful, when nobody but a person can settle it; of what is
    `publication.cancelled` those hear whose post waits for it."""
    told_as_another = {"publication.unknown", "publication.cancelled", "variant.unscheduled"}
    assert wired() - set(SENTENCES) == told_as_another - set(SENTENCES)


def test_every_event_that_is_told_is_recorded_somewhere() -> None:
    """An event nobody records would leave its notice without a cause."""
    source = "".join(path.read_text() for path in (SOURCE / "rooms").rglob("*.py"))
    recorded = set(re.findall(r'record(?:_all)?\(\s*"([a-z_.]+)"', source))
    by_graph = re.findall(r'Graph\.of\(\s*"(\w+)",(.*?)\n\)', source, re.DOTALL)
    moved = {
        f"{noun}.{state}" for noun, body in by_graph for state in re.findall(r"(\w+)=\[", body)
    }
    first = {"approval_request.open"}
    assert wired() - recorded - moved - first == set()


SETTINGS = {
    "organization": {
        "name": ("screens/templates/strategy/body.html", "organization.name"),
        "zone": ("rooms/people/actors.py", "organization.zone"),
        "language": ("rooms/people/actors.py", "organization.language"),
    },
    "department": {
        "name": ("screens/templates/channels/card.html", "department.name"),
        "hue": ("screens/templates/channels/card.html", "department.hue"),
        "parent": ("rooms/publishing/stops.py", '"parent_id"'),
        "approval_required": ("rooms/workflow/queries.py", "department.approval_required"),
    },
    "member": {
        "name": ("rooms/people/actors.py", "member.name"),
        "title": ("screens/templates/people/person.html", "person.title"),
        "language": ("rooms/notifications/jobs.py", "member.language"),
        "zone": ("rooms/people/actors.py", "member.zone"),
        "theme": ("ui/templatetags/kit.py", 'getattr(member, "theme"'),
    },
}
"""What people can set, by the form that sets it, and where what they have set takes effect."""


def test_every_setting_has_a_reader() -> None:
    """A new field of a form has to be named here with its reader, and the reader must be there."""
    given = {
        "organization": set(forms.OrganizationForm.base_fields),
        "department": set(forms.DepartmentForm.base_fields),
        "member": set(forms.ProfileForm.base_fields),
    }
    assert given == {noun: set(fields) for noun, fields in SETTINGS.items()}
    for noun, fields in SETTINGS.items():
        for name, (file, reads) in fields.items():
            assert reads in (SOURCE / file).read_text(), f"{noun}.{name}"


def test_every_setting_of_the_environment_has_a_reader() -> None:
    text = (SOURCE / "config" / "settings.py").read_text()
    found = re.findall(r"^(UNISONO_[A-Z_]+)\s*[:=]", text, re.MULTILINE)
    declared = set(found)
    assert len(declared) > 5
    assert len(found) == len(declared), "a setting said twice: the first one has no effect"
    others = "".join(
        path.read_text() for path in SOURCE.rglob("*.py") if path.name != "settings.py"
    )
    unread = {name for name in declared if f"settings.{name}" not in others}
    within = {name for name in unread if len(re.findall(rf"\b{name}\b", text)) > 1}
    assert unread - within == set()
