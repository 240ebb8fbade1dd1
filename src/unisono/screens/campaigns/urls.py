from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.campaigns import views

urlpatterns = [
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/new/", views.new, name="campaign.new"),
    path("campaigns/<uuid:pk>/", views.campaign, name="campaign"),
    path("campaigns/<uuid:pk>/edit/", views.edit, name="campaign.edit"),
    path("campaigns/<uuid:pk>/archiving/", views.archive, name="campaign.archiving"),
]

FORM = needs(GET=Capability.CAMPAIGN, POST=Capability.CAMPAIGN)

ACCESS = {
    "campaigns": SEE,
    "campaign.new": FORM,
    "campaign": SEE,
    "campaign.edit": FORM,
    "campaign.archiving": needs(POST=Capability.CAMPAIGN),
}
