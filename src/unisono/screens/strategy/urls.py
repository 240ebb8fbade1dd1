from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.strategy import views

urlpatterns = [
    path("strategy/", views.strategy, name="strategy"),
    path("objectives/new/", views.new, name="objective.new"),
    path("objectives/<uuid:pk>/", views.objective, name="objective"),
    path("objectives/<uuid:pk>/edit/", views.edit, name="objective.edit"),
    path("objectives/<uuid:pk>/archiving/", views.archive, name="objective.archiving"),
    path("objectives/<uuid:pk>/readings/", views.enter, name="objective.readings"),
]

PLAN = needs(POST=Capability.PLAN)
FORM = needs(GET=Capability.PLAN, POST=Capability.PLAN)

ACCESS = {
    "strategy": SEE,
    "objective.new": FORM,
    "objective": SEE,
    "objective.edit": FORM,
    "objective.archiving": PLAN,
    "objective.readings": PLAN,
}
