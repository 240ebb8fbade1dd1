from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.posts import parts, turn, views

urlpatterns = [
    path("posts/", views.posts, name="posts"),
    path("posts/new/", views.new, name="post.new"),
    path("posts/<uuid:pk>/", views.composer, name="post"),
    path("posts/<uuid:pk>/text/", views.text, name="post.text"),
    path("posts/<uuid:pk>/removal/", views.removal, name="post.removal"),
    path("posts/<uuid:pk>/channels/", parts.channels, name="post.channels"),
    path("posts/<uuid:pk>/images/", parts.images, name="post.images"),
    path("posts/<uuid:pk>/images/<uuid:image>/removal/", parts.image, name="post.image"),
    path("posts/<uuid:pk>/time/", parts.time, name="post.time"),
    path("posts/<uuid:pk>/order/", turn.order, name="post.order"),
    path("posts/<uuid:pk>/embargo/", turn.embargo, name="post.embargo"),
    path("posts/<uuid:pk>/approvals/", parts.approvals, name="post.approvals"),
    path("posts/<uuid:pk>/publications/", parts.publications, name="post.publications"),
    path("posts/<uuid:pk>/preview/", parts.preview, name="post.preview"),
    path("posts/<uuid:pk>/progress/", parts.progress, name="post.progress"),
    path("posts/<uuid:pk>/comments/", parts.comments, name="post.comments"),
    path("posts/<uuid:pk>/history/", parts.history, name="post.history"),
]

WRITE = needs(POST=Capability.WRITE)

ACCESS = {
    "posts": SEE,
    "post.new": needs(GET=Capability.WRITE, POST=Capability.WRITE),
    "post": SEE,
    "post.text": WRITE,
    "post.removal": WRITE,
    "post.channels": WRITE,
    "post.images": WRITE,
    "post.image": WRITE,
    "post.time": WRITE,
    "post.order": needs(POST=Capability.SCHEDULE),
    "post.embargo": needs(POST=Capability.SCHEDULE),
    "post.approvals": WRITE,
    "post.publications": needs(POST=Capability.SCHEDULE),
    "post.preview": SEE,
    "post.progress": SEE,
    "post.comments": needs(GET=Capability.SEE, POST=Capability.WRITE),
    "post.history": SEE,
}
