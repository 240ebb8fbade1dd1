"""What people write: topics that grow, moods that turn, and what is proposed about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from tests.bench.audiences import quiet
from tests.cast import NOW, Cast
from tests.rooms.test_orchestration import by, decided, draft, published, seeing
from unisono.kernel.refusals import NotAllowed
from unisono.networks.contract import Incoming
from unisono.rooms.content.models import Idea, Post
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.orchestration import actions, acts, noticing, words
from unisono.rooms.orchestration.audience.fatigue import Fatigue
from unisono.rooms.orchestration.audience.learning import learn
from unisono.rooms.orchestration.audience.prior import Known
from unisono.rooms.orchestration.audience.wear import wear
from unisono.rooms.orchestration.listening import topics as growing
from unisono.rooms.orchestration.listening import turning
from unisono.rooms.orchestration.listening.mood import score
from unisono.rooms.orchestration.listening.speech import terms
from unisono.rooms.orchestration.listening.topics import Message
from unisono.rooms.orchestration.models import Act, Noticed, Signal
from unisono.rooms.orchestration.watching import moods, topics, waiting
from unisono.rooms.plan.models import Campaign
from unisono.rooms.publishing.models import Hold
from unisono.rooms.workflow import actions as workflow

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
COMPLAINT = "The zipper broke again, terrible. Where is my refund?"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("This is terrible", -1), ("This is not terrible", 1), ("I don't like it", -1),
        ("Merci, c'est magnifique", 1), ("Ce n'est pas beau", -1), ("Nicht schlecht", 1),
        ("Leider kaputt, ich bin enttäuscht", -1), ("The lamp is on the table", 0),
        ("Ouvert dimanche ?", 0), ("", 0),
    ],
)  # fmt: skip
def test_a_message_sounds_unhappy_pleased_or_neither(text: str, sign: int) -> None:
    value = score(text)
    assert (value > 0) - (value < 0) == sign


def test_what_every_text_says_is_no_topic() -> None:
    assert terms("Is there a #recall of the lamp shade? https://x.example/?a") == {
        "#recall", "lamp", "shade", "lamp shade"
    }  # fmt: skip
    assert terms("Où est l'abat-jour ?") == {"abat-jour"}
    assert terms("Wo ist der Lampenschirm?") == {"lampenschirm"}


def usual() -> list[Message]:
    """Eight weeks in which a few people a day say that a lamp is lovely."""
    return [
        Message(f"{day}-{n}", f"{day}-{n}", NOW - timedelta(days=day, hours=n + 1), "A lovely lamp")
        for day in range(60)
        for n in range(4)
    ]


def complaints(people: int, *, authors: int = 99) -> list[Message]:
    return [
        Message(f"c{n}", f"c{n % authors}", NOW - (n + 1) * HOUR, COMPLAINT) for n in range(people)
    ]


def test_a_topic_grows_when_several_people_speak_of_it() -> None:
    (topic,) = growing.growing(usual() + complaints(10), now=NOW)
    assert "zipper" in topic.term
    assert (topic.people, topic.asking, topic.unhappy) == (10, 10, 10)
    assert topic.low <= topic.ratio <= topic.high and topic.ratio >= 2.5
    assert growing.growing(usual(), now=NOW) == []
    assert growing.growing(usual() + complaints(10, authors=2), now=NOW) == [], "two people"
    assert growing.growing(complaints(10), now=NOW) == [], "nothing is known of what is usual"
    ours = [
        Message(one.key, one.author, one.at, one.text, frozenset(terms(one.text)))
        for one in complaints(10)
    ]
    assert growing.growing(usual() + ours, now=NOW) == [], "our own words, said back"


def test_a_mood_turns_against_what_is_usual() -> None:
    turn = turning.turned(usual() + complaints(12), now=NOW)
    assert turn and turn.unhappy == 12
    assert turn.low <= turn.share <= turn.high and turn.share > turn.usual
    assert len(set(turn.messages)) == 12
    assert turning.turned(usual() + complaints(4), now=NOW) is None
    assert turning.turned(usual(), now=NOW) is None


def heard(cast: Cast) -> Signal:
    """An inbox of Marketing's post in which a topic grows; the signal of it."""
    row = published(cast, "Our bag", at=NOW - timedelta(days=59))
    said = usual()[:-10] + complaints(10)
    items = [
        Incoming(one.key, row.remote_id, one.author, one.author, "", one.text, one.at)
        for one in said
    ]
    engagement.receive(row, items, by=by(cast), now=NOW)
    found = noticing.notice(by=by(cast), now=NOW, watchers=[topics, moods])
    return next(one for one in found if one.kind == Noticed.TOPIC)


def test_what_grows_is_told_once_answered_and_held(cast: Cast) -> None:
    signal = heard(cast)
    assert signal.department == cast.departments["Marketing"]
    assert "10 people wrote about it in two days" in words.noticed(signal, "Europe/Paris")
    assert noticing.notice(by=by(cast), now=NOW, watchers=[topics, moods]) == []
    (mood,) = Signal.objects.filter(kind=Noticed.MOOD)
    assert "%" in words.noticed(mood, "Europe/Paris")
    post = draft(cast, f"New {signal.data['term']}", wall=datetime(2026, 3, 6, 10))
    Post.objects.filter(pk=post.pk).update(text=f"See the new {signal.data['term']}.")
    made = {one.kind: one for one in noticing.propose(by=by(cast), now=NOW)}
    assert set(made) == {Act.ANSWER, Act.HOLD}
    editor, admin = cast.actor("editor"), cast.actor("admin")
    answer = made[Act.ANSWER]
    actions.accept(answer, by=editor, now=NOW)
    drafted = Post.objects.get(pk=answer.before["post"])
    assert "Where is my refund?" in drafted.text
    assert drafted.idea and str(drafted.idea.origin) in answer.data["messages"]
    actions.undo(answer, by=editor, now=NOW)
    drafted.refresh_from_db()
    assert drafted.removed_at == NOW
    assert Idea.objects.get(pk=answer.before["idea"]).state == "dropped"
    hold = made[Act.HOLD]
    assert (acts.may(hold, editor), acts.may(hold, admin)) == (False, True)
    with pytest.raises(NotAllowed):
        actions.accept(hold, by=editor, now=NOW)
    hold.refresh_from_db()
    actions.accept(hold, by=admin, now=NOW)
    assert Hold.objects.get(lifted_at=None).keyword == signal.data["term"]
    actions.undo(hold, by=admin, now=NOW)
    assert not Hold.objects.filter(lifted_at=None).exists()
    assert noticing.propose(by=by(cast), now=NOW) == [], "each is proposed once"


@pytest.mark.parametrize("kind", [Noticed.THRIVING, Noticed.FADING])
def test_a_campaign_near_its_end_is_extended_or_held(cast: Cast, kind: str) -> None:
    told = {"name": "Lyon opening", "on": "2026-03-20", "ratio": 1.8, "low": 1.3, "high": 2.4,
            "posts": 8, "left": 1}  # fmt: skip
    sight = seeing(kind, ("campaign", cast.campaign.pk), **told)
    noticing.notice(by=by(cast), now=NOW, watchers=[sight])
    (made,) = noticing.propose(by=by(cast), now=NOW)
    manager = cast.actor("manager")
    actions.accept(made, by=manager, now=NOW)
    if kind == Noticed.THRIVING:
        assert f"{Campaign.objects.get(pk=cast.campaign.pk).ends_on}" == "2026-03-27"
    else:
        assert Hold.objects.get(lifted_at=None).campaign == cast.campaign
    actions.undo(made, by=manager, now=NOW)
    assert f"{Campaign.objects.get(pk=cast.campaign.pk).ends_on}" == "2026-03-20"
    assert not Hold.objects.filter(lifted_at=None).exists()


def test_an_approval_that_comes_too_late_is_told(cast: Cast) -> None:
    decided(cast, [20, 24, 26, 30, 40])
    post = draft(cast, "Tomorrow", wall=datetime(2026, 3, 4, 18))
    workflow.ask_approval(post, by=cast.actor("editor"), now=NOW)
    (signal,) = noticing.notice(by=by(cast), now=NOW, watchers=[waiting])
    assert (signal.kind, signal.subject_id) == (Noticed.WAITING, post.pk)
    assert "26 hours" in words.noticed(signal, "Europe/Paris")
    later = draft(cast, "Next week", wall=datetime(2026, 3, 9, 18))
    workflow.ask_approval(later, by=cast.actor("editor"), now=NOW)
    assert noticing.notice(by=by(cast), now=NOW, watchers=[waiting]) == []


def test_a_channel_that_tires_its_readers_is_told_by_its_own_counts() -> None:
    history = quiet.posts(3, np.ones(168), channels=3, weeks=20)
    fresh = learn(quiet.all_of(history), quiet.places(3), Known(), now=quiet.START + 20 * WEEK)
    times = [one[0].posted_at for one in history if one[0].channel == "2"]
    kept = dict(zip(times, Fatigue(depth=0.75, hours=16.0).kept(times), strict=True))
    worn = [
        replace(one, count=round(one.count * kept[one.posted_at])) if one.channel == "2" else one
        for one in quiet.all_of(history)
    ]
    tired = learn(worn, quiet.places(3), Known(), now=quiet.START + 20 * WEEK)
    told, before = wear(tired, "2"), wear(fresh, "2")
    assert told and told.clear and told.low < told.share < told.high < 0.85
    assert before and not before.clear
