from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.experiments import planning, views

urlpatterns = [
    path("experiments/", views.experiments, name="experiments"),
    path("experiments/new/", planning.new, name="experiment.new"),
    path("experiments/sample/", planning.sample, name="experiment.sample"),
    path("experiments/<uuid:pk>/", views.experiment, name="experiment"),
    path("experiments/<uuid:pk>/edit/", planning.edit, name="experiment.edit"),
    path("experiments/<uuid:pk>/start/", views.start, name="experiment.start"),
    path("experiments/<uuid:pk>/stop/", views.stop, name="experiment.stop"),
    path("experiments/<uuid:pk>/posts/", views.add, name="experiment.add"),
    path("experiments/<uuid:pk>/posts/<uuid:trial>/out/", views.out, name="experiment.out"),
]

PLAN = needs(POST=Capability.PLAN)
WRITE = needs(POST=Capability.WRITE)

ACCESS = {
    "experiments": SEE,
    "experiment.new": needs(GET=Capability.PLAN, POST=Capability.PLAN),
    "experiment.sample": needs(GET=Capability.PLAN),
    "experiment": SEE,
    "experiment.edit": needs(GET=Capability.PLAN, POST=Capability.PLAN),
    "experiment.start": PLAN,
    "experiment.stop": PLAN,
    "experiment.add": WRITE,
    "experiment.out": WRITE,
}
