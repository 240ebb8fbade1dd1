from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.proposals import autopilot, views

urlpatterns = [
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/autopilot/", autopilot.autopilot, name="autopilot"),
    path("proposals/autopilot/<uuid:pk>/", autopilot.mandate, name="autopilot.mandate"),
    path("proposals/autopilot/<uuid:pk>/end/", autopilot.mandate_end, name="autopilot.end"),
    path("posts/<uuid:pk>/lock/", autopilot.lock, name="post.lock"),
    path("proposals/<uuid:pk>/accept/", views.accept, name="proposal.accept"),
    path("proposals/<uuid:pk>/decline/", views.decline, name="proposal.decline"),
    path("proposals/<uuid:pk>/undo/", views.undo, name="proposal.undo"),
]

ACCESS = {
    "proposals": SEE,
    "autopilot": SEE,
    "autopilot.mandate": needs(POST=Capability.PLAN),
    "autopilot.end": needs(POST=Capability.PLAN),
    "post.lock": needs(POST=Capability.WRITE),
    "proposal.accept": needs(POST=Capability.WRITE),
    "proposal.decline": needs(POST=Capability.WRITE),
    "proposal.undo": needs(POST=Capability.WRITE),
}
