"""What has happened before a test begins, told in verbs: a post is out, somebody answered it."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import NOW, Cast
from unisono.kernel import jobs
from unisono.networks.contract import Figures, Incoming, Published
from unisono.rooms.content.models import Post
from unisono.rooms.engagement import actions as engagement
from unisono.rooms.engagement.models import Conversation
from unisono.rooms.metrics import actions as metrics
from unisono.rooms.people.actors import system
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing import claims, ledger
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

LATER = NOW + timedelta(hours=2)


def published(cast: Cast, post: Post | None = None, *, views: int = 1200) -> Publication:
    """A post of the cast is out on one channel, and was seen."""
    requests = workflow.ask_approval(post or cast.post, by=cast.actor("editor"), now=NOW)
    for request in requests:
        workflow.approve(request, by=cast.actor("approver"), now=NOW)
    row = publishing.publish_now(requests[0].revision, by=cast.actor("editor"), now=NOW)
    (errand,) = claims.claim_due(worker="w", now=NOW)
    ledger.settle(errand, Published(f"r-{row.pk}", "http://127.0.0.1/r"), now=NOW)
    jobs.run_pending()
    row.refresh_from_db()
    robot = system(cast.lumen)
    metrics.record_figures(row, Figures(views=views, likes=30, comments=1), by=robot, now=LATER)
    return row


def asked(publication: Publication, who: str, text: str, *, cast: Cast) -> Conversation:
    """Somebody writes under a publication."""
    said = Incoming(f"c-{who}", publication.remote_id, who.title(), who, "", text, LATER)
    (message,) = engagement.receive(publication, [said], by=system(cast.lumen), now=LATER)
    return message.conversation
