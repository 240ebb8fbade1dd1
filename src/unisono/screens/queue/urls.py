from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.queue import views

urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("queue/fill/", views.fill, name="queue.fill"),
    path("channels/<uuid:pk>/slots/", views.slots, name="channel.slots"),
    path("channels/<uuid:pk>/warning/", views.warning, name="channel.warning"),
    path("slots/<uuid:pk>/removal/", views.removal, name="slot.removal"),
]

CHANNELS = needs(POST=Capability.CHANNELS)

ACCESS = {
    "queue": SEE,
    "queue.fill": needs(POST=Capability.SCHEDULE),
    "channel.slots": CHANNELS,
    "channel.warning": CHANNELS,
    "slot.removal": CHANNELS,
}
