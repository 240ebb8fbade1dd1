from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.audiences import views

urlpatterns = [
    path("audiences/", views.audiences, name="audiences"),
    path("audiences/new/", views.new, name="audience.new"),
    path("audiences/<uuid:pk>/edit/", views.edit, name="audience.edit"),
    path("audiences/<uuid:pk>/archiving/", views.archive, name="audience.archiving"),
    path("audiences/<uuid:pk>/restoring/", views.restore, name="audience.restoring"),
]

FORM = needs(GET=Capability.CAMPAIGN, POST=Capability.CAMPAIGN)

ACCESS = {
    "audiences": SEE,
    "audience.new": FORM,
    "audience.edit": FORM,
    "audience.archiving": needs(POST=Capability.CAMPAIGN),
    "audience.restoring": needs(POST=Capability.CAMPAIGN),
}
