from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.proposals import views

urlpatterns = [
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/<uuid:pk>/accept/", views.accept, name="proposal.accept"),
    path("proposals/<uuid:pk>/decline/", views.decline, name="proposal.decline"),
    path("proposals/<uuid:pk>/undo/", views.undo, name="proposal.undo"),
]

ACCESS = {
    "proposals": SEE,
    "proposal.accept": needs(POST=Capability.WRITE),
    "proposal.decline": needs(POST=Capability.WRITE),
    "proposal.undo": needs(POST=Capability.WRITE),
}
