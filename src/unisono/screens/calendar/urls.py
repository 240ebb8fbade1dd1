from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import PUBLIC, SEE, needs
from unisono.screens.calendar import kept, out, views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/out/", out.out, name="calendar.out"),
    path("calendar/export/", out.export, name="calendar.export"),
    path("calendar/views/", kept.index, name="calendar.views"),
    path("calendar/views/<uuid:pk>/share/", kept.share, name="calendar.view.share"),
    path("calendar/views/<uuid:pk>/forget/", kept.forget, name="calendar.view.forget"),
    path("calendar/links/<uuid:pk>/end/", out.revoke, name="calendar.link.end"),
    path("calendar/links/<str:secret>.ics", out.feed, name="calendar.feed"),
    path("calendar/variants/<uuid:pk>/time/", views.move, name="variant.time"),
]

ACCESS = {
    "calendar": SEE,
    "calendar.out": needs(GET=Capability.SEE, POST=Capability.SEE),
    "calendar.export": SEE,
    "calendar.views": needs(GET=Capability.SEE, POST=Capability.SEE),
    "calendar.view.share": needs(POST=Capability.SEE),
    "calendar.view.forget": needs(POST=Capability.SEE),
    "calendar.link.end": needs(POST=Capability.SEE),
    "calendar.feed": needs(GET=PUBLIC),
    "variant.time": needs(POST=Capability.WRITE),
}
