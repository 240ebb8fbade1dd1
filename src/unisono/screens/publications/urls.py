from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.publications import due, holds, turns, views

SCHEDULE = needs(POST=Capability.SCHEDULE)

urlpatterns = [
    path("publications/<uuid:pk>/", views.publication, name="publication"),
    path("publications/<uuid:pk>/cancellation/", views.cancel, name="publication.cancellation"),
    path("publications/<uuid:pk>/retry/", views.retry, name="publication.retry"),
    path("publications/<uuid:pk>/settlement/", views.settle, name="publication.settlement"),
    path("publications/<uuid:pk>/drift/", views.drift, name="publication.drift"),
    path("publications/<uuid:pk>/time/", views.retime, name="publication.time"),
    path("publications/<uuid:pk>/anyway/", turns.anyway, name="publication.anyway"),
    path("campaigns/<uuid:pk>/embargo/", turns.embargo, name="campaign.embargo"),
    path("due/", due.due, name="due"),
    path("due/decisions/", due.decide, name="due.decisions"),
    path("trouble/", due.trouble, name="trouble"),
    path("holds/", holds.holds, name="holds"),
    path("holds/<uuid:pk>/resume/", holds.resume, name="hold.resume"),
]

ACCESS = {
    "publication": SEE,
    "publication.cancellation": SCHEDULE,
    "publication.retry": SCHEDULE,
    "publication.settlement": SCHEDULE,
    "publication.drift": SCHEDULE,
    "publication.time": SCHEDULE,
    "publication.anyway": needs(POST=Capability.HOLD),
    "campaign.embargo": needs(POST=Capability.CAMPAIGN),
    "due": needs(GET=Capability.SEE, POST=Capability.WRITE),
    "due.decisions": needs(GET=Capability.SCHEDULE, POST=Capability.SCHEDULE),
    "trouble": SEE,
    "holds": needs(GET=Capability.SEE, POST=Capability.HOLD),
    "hold.resume": needs(GET=Capability.HOLD, POST=Capability.HOLD),
}
