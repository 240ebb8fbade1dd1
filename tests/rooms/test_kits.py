"""Share kits: only what is approved, a link that leads where it leads, and counts of no person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from tests.cast import NOW, Cast
from tests.pictures import png
from tests.screens import stories
from unisono.kernel import jobs
from unisono.kernel.models import Event
from unisono.kernel.refusals import Conflict, Invalid, NotAllowed, NotFound
from unisono.kernel.secrets import Secret
from unisono.kernel.states import WrongState
from unisono.rooms.advocacy import actions, counting, links, offers, queries, sharing
from unisono.rooms.advocacy.figures import figures
from unisono.rooms.advocacy.models import Kit, KitInvite, KitLink, KitPart, KitTally, KitVisit
from unisono.rooms.advocacy.recent import Recent
from unisono.rooms.content import actions as content
from unisono.rooms.content.models import Post
from unisono.rooms.library import actions as library
from unisono.rooms.library.models import Asset
from unisono.rooms.notifications import actions as notifications
from unisono.rooms.notifications.choices import CHOICES
from unisono.rooms.notifications.jobs import mail_urgent
from unisono.rooms.notifications.models import Notice
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing import holds, order
from unisono.rooms.workflow import actions as workflow
from unisono.rooms.workflow.models import ApprovalRequest

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DOORS = "https://lumen.example/lyon"


def approved(cast: Cast, text: str = f"We open in Lyon: {DOORS}.", **more: Any) -> Post:
    """A post on both channels that is agreed to and not out."""
    picture = more.pop("picture", False)
    said = {"title": "Doors", "department": cast.departments["Marketing"], **more}
    post = content.write_post(
        text=text, channels=[cast.agora, cast.chirp], by=cast.actor("editor"), now=NOW, **said
    )
    if picture:
        asset = library.add_asset(
            data=png(), name="door.png", alt="A blue door", by=cast.actor("admin"), now=NOW
        )
        content.attach_image(post, asset, by=cast.actor("editor"), now=NOW)
    agree(cast, post)
    return post


def agree(cast: Cast, post: Post) -> None:
    """Ask and agree for every channel."""
    asked = workflow.ask_approval(
        post, schedule_when_approved=False, by=cast.actor("editor"), now=NOW
    )
    for request in asked:
        workflow.approve(request, by=cast.actor("approver"), now=NOW)


def kit_of(cast: Cast, post: Post | None = None, *, opened: bool = False, **more: Any) -> Kit:
    """A kit of all that may be shared of a post."""
    post = post or approved(cast, **more)
    editor = cast.actor("editor")
    chosen = [one.revision.pk for one in offers.offers(editor, post)]
    kit = actions.make(post, revisions=chosen, note="Our day.", by=editor, now=NOW)
    if opened:
        actions.open_kit(kit, by=editor, now=NOW)
    return kit


def invited(cast: Cast, kit: Kit) -> tuple[KitInvite, Secret]:
    return links.invite(kit, name="The workshop", by=cast.actor("editor"), now=NOW)


def visit(kit: Kit, sender: str = "a", **more: Any) -> str:
    code = KitLink.objects.filter(kit=kit).order_by("pk")[0].code
    said = {"agent": PERSON, "ahead": False, "now": NOW, **more}
    return counting.visit(code, sender=f"{kit.pk}{sender}", **said)


def test_a_kit_holds_what_is_approved_as_it_stands_and_nothing_else(cast: Cast) -> None:
    editor = cast.actor("editor")
    assert offers.offers(editor, cast.post) == []
    post = approved(cast)
    (only,) = offers.offers(editor, post)  # On both channels it says the same.
    assert only.links == {DOORS: DOORS} and not only.out
    for wrong in ([], [cast.post.pk]):
        with pytest.raises(Invalid):
            actions.make(post, revisions=wrong, by=editor, now=NOW)
    with pytest.raises(NotAllowed):
        actions.make(post, revisions=[only.revision.pk], by=cast.actor("contributor"), now=NOW)
    with pytest.raises(NotAllowed):
        actions.make(post, revisions=[only.revision.pk], by=cast.actor("sales_editor"), now=NOW)
    kit = actions.make(post, revisions=[only.revision.pk], by=editor, now=NOW)
    assert (kit.state, kit.title, kit.target) == ("draft", "Doors", DOORS)

    content.change_post(
        post, title="Doors", text="We never open.", language="en", department=post.department,
        campaign=None, objective=None, by=editor, now=NOW,
    )  # fmt: skip
    assert offers.offers(editor, post) == [], "what was edited is not approved"
    actions.open_kit(kit, by=editor, now=NOW)
    (text,) = sharing.shown(kit, now=NOW).texts
    assert text.text.startswith("We open in Lyon: "), "the kit keeps what was approved"
    actions.change(
        kit, revisions=[only.revision.pk], title="Doors", note="Soon.", by=editor, now=NOW
    )
    assert sharing.shown(kit, now=NOW).texts[0].text == text.text


def test_texts_of_the_campaign_in_another_language_may_be_chosen_too(cast: Cast) -> None:
    english = approved(cast, campaign=cast.campaign)
    approved(cast, "Wir öffnen in Lyon.", title="Türen", language="de", campaign=cast.campaign)
    kit = kit_of(cast, english, opened=True)
    assert [one.language for one in sharing.shown(kit, now=NOW).texts] == ["en", "de"]


def test_what_must_not_go_out_is_not_shared(cast: Cast) -> None:
    editor, manager = cast.actor("editor"), cast.actor("manager")
    kit = kit_of(cast, opened=True)
    hold = holds.place(keyword="lyon", why="A strike.", by=cast.actor("admin"), now=NOW)
    assert sharing.shown(kit, now=NOW).stopped == "hold"
    other = kit_of(cast, kit.post)
    with pytest.raises(Conflict, match="hold"):
        actions.open_kit(other, by=editor, now=NOW)
    holds.lift(hold, by=cast.actor("admin"), now=NOW)
    assert sharing.shown(kit, now=NOW).stopped == ""
    order.embargo(kit.post, wall=(NOW + timedelta(days=1)).replace(tzinfo=None),
                  zone="Europe/Paris", by=manager, now=NOW)  # fmt: skip
    assert sharing.shown(kit, now=NOW).stopped == "embargo"
    assert sharing.shown(kit, now=NOW + timedelta(days=2)).texts
    with pytest.raises(Conflict, match="embargo"):
        actions.open_kit(other, by=editor, now=NOW)
    for request in ApprovalRequest.objects.filter(post=kit.post):
        workflow.withdraw_approval(request, by=cast.actor("approver"), now=NOW)
    later = NOW + timedelta(days=2)
    assert sharing.shown(kit, now=later).stopped == "withdrawn"
    with pytest.raises(Conflict, match="approved"):
        actions.open_kit(other, by=editor, now=later)


def test_a_removed_post_takes_its_kit_along(cast: Cast) -> None:
    kit = kit_of(cast, opened=True)
    content.remove_post(kit.post, by=cast.actor("editor"), now=NOW)
    assert sharing.shown(queries.kit(cast.actor("viewer"), kit.pk), now=NOW).stopped == "withdrawn"


def test_it_goes_from_draft_to_open_to_closed(cast: Cast) -> None:
    editor, viewer = cast.actor("editor"), cast.actor("viewer")
    kit = kit_of(cast)
    with pytest.raises(NotFound):
        queries.kit(viewer, kit.pk)
    with pytest.raises(NotAllowed):
        actions.open_kit(kit, by=viewer, now=NOW)
    actions.open_kit(kit, by=editor, now=NOW)
    assert queries.kit(viewer, kit.pk) == kit
    assert queries.kit(cast.actor("sales_editor"), kit.pk) == kit, "every colleague"
    with pytest.raises(NotAllowed):
        queries.looked_after(cast.actor("sales_editor"), kit.pk)
    actions.close(kit, by=editor, now=NOW)
    assert sharing.shown(kit, draft=True, now=NOW).stopped == "closed"
    with pytest.raises(WrongState):
        actions.open_kit(kit, by=editor, now=NOW)
    with pytest.raises(Conflict):
        actions.change(kit, revisions=kit.texts.values_list("revision_id", flat=True),
                       title="Doors", note="", by=editor, now=NOW)  # fmt: skip
    kinds = Event.objects.filter(subject_id=kit.pk).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["kit.made", "kit.open", "kit.closed"]


def test_links_carry_the_campaign_s_tags_and_lead_there_only(cast: Cast) -> None:
    told = {"source": "{network}", "medium": "social", "content": "{channel}"}
    Campaign.objects.filter(pk=cast.campaign.pk).update(utm=told)
    cast.campaign.refresh_from_db()
    own = f"See {DOORS} and https://shop.example/?utm_source=ours today"
    kit = kit_of(cast, approved(cast, own, campaign=cast.campaign), opened=True)
    assert kit.target == f"{DOORS}?utm_source=share&utm_medium=social&utm_content=colleagues"
    targets = set(KitLink.objects.filter(kit=kit).values_list("target", flat=True))
    assert targets == {kit.target, "https://shop.example/?utm_source=ours"}
    (text,) = sharing.shown(kit, now=NOW).texts
    first, second = [word for word in text.text.split() if "/s/" in word]
    assert text.text == f"See {first} and {second} today", "to the letter otherwise"
    assert counting.visit(
        first.rpartition("/")[2], agent=PERSON, ahead=False, sender="x", now=NOW
    ) == kit.target  # fmt: skip
    with pytest.raises(NotFound):
        counting.visit("nowhere", agent=PERSON, ahead=False, sender="x", now=NOW)


def test_a_text_without_a_link_leads_to_the_post_once_it_is_out(cast: Cast) -> None:
    post = content.write_post(
        title="Thanks", text="Thank you, Lyon.", department=cast.departments["Marketing"],
        channels=[cast.agora], by=cast.actor("editor"), now=NOW,
    )  # fmt: skip
    stories.published(cast, post)
    kit = kit_of(cast, post, opened=True)
    shown = sharing.shown(kit, now=NOW)
    assert kit.target == "http://127.0.0.1/r" and shown.link
    assert shown.texts[0].text == "Thank you, Lyon."
    assert [one.url for one in shown.out] == ["http://127.0.0.1/r"]


def test_an_address_of_another_kind_is_no_target(cast: Cast) -> None:
    for said in (
        "javascript:alert(1)",
        "//evil.example",
        "https:///x",
        "ftp://x.example",
        "https://[",
    ):
        assert not actions._leads(said)
    assert actions._leads(DOORS)


def test_visits_are_counted_once_by_day_and_without_robots(cast: Cast) -> None:
    kit = kit_of(cast, opened=True)
    assert visit(kit) == kit.target
    visit(kit), visit(kit, "b"), visit(kit, now=NOW + timedelta(hours=1))
    visit(kit, "c", now=NOW + timedelta(days=1))
    for agent in ("", "curl/8", "Mozilla/5.0 (compatible; Crawl/2; +https://x.example/bot)"):
        visit(kit, "d", agent=agent)
    visit(kit, "e", ahead=True)
    counted = KitVisit.objects.order_by("day").values_list("day", "count")
    assert list(counted) == [(NOW.date(), 3), (NOW.date() + timedelta(days=1), 1)]
    actions.close(kit, by=cast.actor("editor"), now=NOW)
    assert visit(kit, "f") == kit.target, "what is out in the world goes on working"
    found = figures(kit, NOW.date())
    assert (found.visits, found.days[-1], found.most) == (5, (NOW.date(), 4), (NOW.date(), 4))
    assert len(found.days) == 30 and found.sharers == []


def test_what_colleagues_did_is_counted_once_and_without_a_name(cast: Cast) -> None:
    kit, viewer = kit_of(cast, opened=True), cast.actor("viewer")
    for did in ("opened", "opened", "copied", "shared", "shared"):
        counting.take_part(kit, did=did, by=viewer, now=NOW)
    counting.take_part(kit, did="opened", by=cast.actor("sales_editor"), now=NOW)
    assert figures(kit, NOW.date()).members == {"opened": 2, "copied": 1, "shared": 1}
    assert counting.has_done(kit, viewer) == {"opened", "copied", "shared"}
    assert not KitPart.objects.filter(who__contains=viewer.member.pk.hex).exists()  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        counting.take_part(kit, did="liked", by=viewer, now=NOW)
    with pytest.raises(Conflict):
        counting.take_part(kit_of(cast, kit.post), did="shared", by=viewer, now=NOW)


def test_who_wants_it_is_counted_by_name_and_may_stop(cast: Cast) -> None:
    kit, viewer = kit_of(cast, opened=True), cast.actor("viewer")
    links.have_own(kit, wanted=True, by=viewer, now=NOW)
    links.have_own(kit, wanted=True, by=viewer, now=NOW)
    own = sharing.shown(kit, member=viewer.member, now=NOW)
    everybody = sharing.shown(kit, now=NOW)
    assert own.link != everybody.link and own.link in own.texts[0].text
    code = own.link.rpartition("/")[2]
    counting.visit(code, agent=PERSON, ahead=False, sender="own", now=NOW)
    (sharer,) = figures(kit, NOW.date()).sharers
    assert (sharer.name, sharer.visits) == ("Viewer", 1)
    links.have_own(kit, wanted=False, by=viewer, now=NOW)
    found = figures(kit, NOW.date())
    assert (found.sharers, found.visits) == ([], 1)
    assert sharing.shown(kit, member=viewer.member, now=NOW).link == everybody.link
    assert counting.visit(code, agent="", ahead=False, sender="", now=NOW) == kit.target


def test_addresses_without_account_count_times_and_end(cast: Cast) -> None:
    kit = kit_of(cast, opened=True)
    row, secret = invited(cast, kit)
    assert queries.invite_behind(secret.reveal()) == row and secret.reveal() not in row.digest
    for sender in ("a", "a", "b"):
        counting.tally(row, did="opened", agent=PERSON, sender=sender, now=NOW)
    counting.tally(row, did="opened", agent="curl", sender="z", now=NOW)
    assert KitTally.objects.get().count == 2
    for _time in range(counting.PER_SENDER):
        counting.bound(row, sender="flood", now=NOW)
    with pytest.raises(counting.TooMany):
        counting.bound(row, sender="flood", now=NOW)
    with pytest.raises(NotAllowed):
        links.revoke(row, by=cast.actor("viewer"), now=NOW)
    links.revoke(row, by=cast.actor("editor"), now=NOW)
    assert queries.invite_behind(secret.reveal()) is None
    _other, second = invited(cast, kit)
    actions.close(kit, by=cast.actor("editor"), now=NOW)
    assert queries.invite_behind(second.reveal()) is None


def test_the_flood_of_one_day_is_bounded(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "PER_DAY", 2)
    row, _secret = invited(cast, kit_of(cast, opened=True))
    for sender in "abcd":
        counting.tally(row, did="shared", agent=PERSON, sender=sender, now=NOW)
    assert KitTally.objects.get().count == 2


def test_what_a_process_remembers_is_bounded() -> None:
    recent = Recent(timedelta(minutes=1))
    assert [recent.times("a", now=NOW) for _time in range(3)] == [1, 2, 3]
    assert recent.times("a", now=NOW + timedelta(minutes=1)) == 1
    assert recent.times("a", now=NOW - timedelta(hours=1)) == 1, "a clock that jumped back"
    assert recent.times("b", now=NOW) == 1


def test_it_is_sent_to_each_once_and_to_nobody_who_wants_none(cast: Cast, settings: Any) -> None:
    settings.UNISONO_MAILS = True
    editor, kit = cast.actor("editor"), kit_of(cast)
    people = [cast.members["viewer"], cast.members["contributor"], cast.members["approver"]]
    with pytest.raises(Conflict):
        actions.send(kit, to=people, by=editor, now=NOW)
    actions.open_kit(kit, by=editor, now=NOW)
    with pytest.raises(NotAllowed):
        actions.send(kit, to=people, by=cast.actor("viewer"), now=NOW)
    with pytest.raises(Invalid):
        actions.send(kit, to=[], by=editor, now=NOW)
    others = set(CHOICES) - {"kit.sent"}
    notifications.choose_notices(others, by=cast.actor("contributor"), now=NOW)
    assert actions.send(kit, to=people, by=editor, now=NOW) == 3
    assert actions.send(kit, to=[*people, cast.members["sales_editor"]], by=editor, now=NOW) == 1
    jobs.run_pending()
    told = Notice.objects.filter(kind="kit.sent").values_list("member__name", flat=True)
    assert set(told) == {"Viewer", "Approver", "Sacha Sales"}
    mail_urgent()
    mails = [one for one in mail.outbox if one.subject == "To share: Doors"]
    assert len(mails) == 3 and f"/kits/{kit.pk}/" in mails[0].body


def test_a_picture_whose_time_of_use_is_over_is_not_handed_out(cast: Cast) -> None:
    kit = kit_of(cast, picture=True, opened=True)
    (picture,) = sharing.shown(kit, now=NOW).pictures
    assert picture.alt == "A blue door"
    Asset.objects.filter(pk=picture.asset_id).update(usable_until=NOW.date())
    assert sharing.shown(kit, now=NOW).pictures
    late = NOW + timedelta(days=1)
    assert sharing.shown(kit, now=late).pictures == []
    with pytest.raises(NotFound):
        sharing.picture(kit, 0, now=late)


def test_links_of_one_s_own_follow_when_the_texts_change(cast: Cast) -> None:
    first = approved(cast, campaign=cast.campaign)
    approved(cast, "More: https://lumen.example/more", title="More", campaign=cast.campaign)
    editor, viewer = cast.actor("editor"), cast.actor("viewer")
    found = offers.offers(editor, first)
    kit = actions.make(first, revisions=[found[0].revision.pk], by=editor, now=NOW)
    actions.open_kit(kit, by=editor, now=NOW)
    links.have_own(kit, wanted=True, by=viewer, now=NOW)
    both = [one.revision.pk for one in found]
    actions.change(kit, revisions=both, title="Doors", note="", by=editor, now=NOW)
    assert kit.links.filter(member=viewer.member).count() == 2
