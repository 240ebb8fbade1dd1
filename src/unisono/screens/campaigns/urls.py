from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.campaigns import copies, templates, views

urlpatterns = [
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/new/", views.new, name="campaign.new"),
    path("campaigns/templates/", templates.templates, name="campaign.templates"),
    path("campaigns/templates/new/", templates.new, name="campaign.template.new"),
    path("campaigns/templates/<str:key>/", templates.hold, name="campaign.template"),
    path("campaigns/templates/<str:key>/days/", templates.days, name="campaign.template.days"),
    path("campaigns/templates/<str:key>/edit/", templates.edit, name="campaign.template.edit"),
    path(
        "campaigns/templates/<str:key>/removal/",
        templates.remove,
        name="campaign.template.removal",
    ),
    path("campaigns/<uuid:pk>/", views.campaign, name="campaign"),
    path("campaigns/<uuid:pk>/edit/", views.edit, name="campaign.edit"),
    path("campaigns/<uuid:pk>/copy/", copies.copy, name="campaign.copy"),
    path("campaigns/<uuid:pk>/template/", copies.keep, name="campaign.keep"),
    path("campaigns/<uuid:pk>/archiving/", views.archive, name="campaign.archiving"),
    path("campaigns/<uuid:pk>/restoring/", views.restore, name="campaign.restoring"),
]

FORM = needs(GET=Capability.CAMPAIGN, POST=Capability.CAMPAIGN)
ACT = needs(POST=Capability.CAMPAIGN)

ACCESS = {
    "campaigns": SEE,
    "campaign.new": FORM,
    "campaign.templates": SEE,
    "campaign.template.new": FORM,
    "campaign.template": FORM,
    "campaign.template.days": needs(GET=Capability.CAMPAIGN),
    "campaign.template.edit": FORM,
    "campaign.template.removal": ACT,
    "campaign": SEE,
    "campaign.edit": FORM,
    "campaign.copy": FORM,
    "campaign.keep": FORM,
    "campaign.archiving": ACT,
    "campaign.restoring": ACT,
}
