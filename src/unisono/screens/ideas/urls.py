from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import needs
from unisono.screens.ideas import board, sources, views

urlpatterns = [
    path("ideas/", views.ideas, name="ideas"),
    path("ideas/columns/", board.columns, name="idea.columns"),
    path("ideas/clip/", sources.clip, name="idea.clip"),
    path("ideas/sources/", sources.sources, name="idea.sources"),
    path("ideas/<uuid:pk>/", views.idea, name="idea"),
    path("ideas/<uuid:pk>/development/", views.develop, name="idea.development"),
    path("ideas/<uuid:pk>/dropping/", views.drop, name="idea.dropping"),
    path("ideas/<uuid:pk>/return/", views.take_back, name="idea.return"),
    path("ideas/<uuid:pk>/place/", board.move, name="idea.place"),
    path("ideas/<uuid:pk>/vote/", board.vote, name="idea.vote"),
    path("ideas/<uuid:pk>/comments/", board.comment, name="idea.comments"),
    path("ideas/<uuid:pk>/tags/", board.tag, name="idea.tags"),
    path("ideas/<uuid:pk>/images/", board.attach, name="idea.images"),
    path("ideas/<uuid:pk>/images/<uuid:image>/removal/", board.detach, name="idea.image"),
    path("ideas/<uuid:pk>/files/<uuid:file>/", views.file, name="idea.file"),
    path("ideas/<uuid:pk>/merging/", board.merge, name="idea.merging"),
    path("feeds/<uuid:pk>/stopping/", sources.stop, name="feed.stopping"),
    path("feeds/<uuid:pk>/resuming/", sources.resume, name="feed.resuming"),
    path("feeds/entries/<uuid:pk>/idea/", sources.take, name="feed.entry.idea"),
    path("feeds/entries/<uuid:pk>/passing/", sources.pass_over, name="feed.entry.passing"),
]

BOTH = needs(GET=Capability.SEE, POST=Capability.WRITE)
WRITE = needs(POST=Capability.WRITE)
FOLLOW = needs(POST=Capability.CAMPAIGN)

ACCESS = {
    "ideas": BOTH,
    "idea.columns": needs(GET=Capability.PLAN, POST=Capability.PLAN),
    "idea.clip": needs(GET=Capability.WRITE, POST=Capability.WRITE),
    "idea.sources": needs(GET=Capability.SEE, POST=Capability.CAMPAIGN),
    "idea": BOTH,
    "idea.development": WRITE,
    "idea.dropping": WRITE,
    "idea.return": WRITE,
    "idea.place": WRITE,
    "idea.vote": WRITE,
    "idea.comments": WRITE,
    "idea.tags": WRITE,
    "idea.images": WRITE,
    "idea.image": WRITE,
    "idea.file": needs(GET=Capability.SEE),
    "idea.merging": WRITE,
    "feed.stopping": FOLLOW,
    "feed.resuming": FOLLOW,
    "feed.entry.idea": WRITE,
    "feed.entry.passing": WRITE,
}
