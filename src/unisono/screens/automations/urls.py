from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.automations import making, views

urlpatterns = [
    path("automations/", views.automations, name="automations"),
    path("automations/new/", making.new, name="automation.new"),
    path("automations/parts/", making.parts, name="automation.parts"),
    path("automations/<uuid:pk>/", views.automation, name="automation"),
    path("automations/<uuid:pk>/edit/", making.edit, name="automation.edit"),
    path("automations/<uuid:pk>/switch/", views.switch, name="automation.switch"),
    path("automations/<uuid:pk>/removal/", views.removal, name="automation.removal"),
    path("automations/acts/<uuid:pk>/undo/", views.undo, name="automation.undo"),
]

PLAN = needs(POST=Capability.PLAN)
FORM = needs(GET=Capability.PLAN, POST=Capability.PLAN)

ACCESS = {
    "automations": SEE,
    "automation.new": FORM,
    "automation.parts": PLAN,
    "automation": SEE,
    "automation.edit": FORM,
    "automation.switch": PLAN,
    "automation.removal": PLAN,
    "automation.undo": needs(POST=Capability.WRITE),
}
