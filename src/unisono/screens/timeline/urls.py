from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.timeline import ghosts, moving, shelf, views

urlpatterns = [
    path("timeline/", views.timeline, name="timeline"),
    path("timeline/day/", views.day, name="timeline.day"),
    path("timeline/ghosts/<uuid:pk>/", ghosts.ghost, name="timeline.ghost"),
    path("timeline/shelf/", shelf.shelf, name="timeline.shelf"),
    path("timeline/moves/", moving.move, name="timeline.moves"),
    path("timeline/shift/", moving.shift, name="timeline.shift"),
    path("timeline/place/", moving.place, name="timeline.place"),
]

ACCESS = {
    "timeline": SEE,
    "timeline.day": SEE,
    "timeline.ghost": SEE,
    "timeline.shelf": SEE,
    "timeline.moves": needs(POST=Capability.WRITE),
    "timeline.shift": needs(POST=Capability.WRITE),
    "timeline.place": needs(POST=Capability.WRITE),
}
