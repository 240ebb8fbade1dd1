from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import PUBLIC, SEE, needs
from unisono.screens.kits import making, public, views

urlpatterns = [
    path("kits/", views.kits, name="kits"),
    path("kits/new/", making.new, name="kit.new"),
    path("kits/<uuid:pk>/", views.kit, name="kit"),
    path("kits/<uuid:pk>/parts/", views.parts, name="kit.parts"),
    path("kits/<uuid:pk>/own/", views.own, name="kit.own"),
    path("kits/<uuid:pk>/pictures/<int:number>/", views.picture, name="kit.picture"),
    path("kits/<uuid:pk>/making/", making.making, name="kit.making"),
    path("kits/<uuid:pk>/opening/", making.opening, name="kit.opening"),
    path("kits/<uuid:pk>/closing/", making.closing, name="kit.closing"),
    path("kits/<uuid:pk>/sending/", making.sending, name="kit.sending"),
    path("kits/<uuid:pk>/invites/", making.invites, name="kit.invites"),
    path(
        "kits/<uuid:pk>/invites/<uuid:invite>/revocation/",
        making.revocation,
        name="kit.invite.revocation",
    ),
    path("kit/<str:secret>/", public.kit, name="shared_kit"),
    path("kit/<str:secret>/pictures/<int:number>/", public.picture, name="shared_kit.picture"),
    path("s/<str:code>", public.short, name="short"),
]

MAKE = needs(POST=Capability.SCHEDULE)

ACCESS = {
    "kits": SEE,
    "kit.new": needs(GET=Capability.SCHEDULE, POST=Capability.SCHEDULE),
    "kit": SEE,
    "kit.parts": needs(POST=Capability.SEE),
    "kit.own": needs(POST=Capability.SEE),
    "kit.picture": SEE,
    "kit.making": needs(GET=Capability.SCHEDULE, POST=Capability.SCHEDULE),
    "kit.opening": MAKE,
    "kit.closing": MAKE,
    "kit.sending": MAKE,
    "kit.invites": MAKE,
    "kit.invite.revocation": MAKE,
    "shared_kit": needs(GET=PUBLIC, POST=PUBLIC),
    "shared_kit.picture": needs(GET=PUBLIC),
    "short": needs(GET=PUBLIC),
}
