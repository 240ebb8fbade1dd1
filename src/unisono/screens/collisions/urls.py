from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.collisions import views

urlpatterns = [
    path("collisions/", views.collisions, name="collisions"),
    path("collisions/way/", views.way, name="collision.way"),
    path("posts/<uuid:pk>/time/check/", views.check, name="collision.check"),
]

ACCESS = {
    "collisions": SEE,
    "collision.way": needs(POST=Capability.WRITE),
    "collision.check": SEE,
}
