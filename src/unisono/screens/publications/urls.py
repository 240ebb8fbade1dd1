from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.publications import holds, views

SCHEDULE = needs(POST=Capability.SCHEDULE)

urlpatterns = [
    path("publications/<uuid:pk>/", views.publication, name="publication"),
    path("publications/<uuid:pk>/cancellation/", views.cancel, name="publication.cancellation"),
    path("publications/<uuid:pk>/retry/", views.retry, name="publication.retry"),
    path("publications/<uuid:pk>/settlement/", views.settle, name="publication.settlement"),
    path("publications/<uuid:pk>/time/", views.retime, name="publication.time"),
    path("trouble/", views.trouble, name="trouble"),
    path("holds/", holds.holds, name="holds"),
    path("holds/<uuid:pk>/lifting/", holds.lift, name="hold.lifting"),
]

ACCESS = {
    "publication": SEE,
    "publication.cancellation": SCHEDULE,
    "publication.retry": SCHEDULE,
    "publication.settlement": SCHEDULE,
    "publication.time": SCHEDULE,
    "trouble": SEE,
    "holds": needs(GET=Capability.SEE, POST=Capability.HOLD),
    "hold.lifting": needs(POST=Capability.HOLD),
}
