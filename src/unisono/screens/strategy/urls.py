from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.strategy import alignment, key_results, report, views

urlpatterns = [
    path("strategy/", views.strategy, name="strategy"),
    path("strategy/unaligned/", alignment.unaligned, name="strategy.unaligned"),
    path("posts/<uuid:pk>/alignment/", alignment.align, name="post.alignment"),
    path("objectives/new/", views.new, name="objective.new"),
    path("objectives/<uuid:pk>/", views.objective, name="objective"),
    path("objectives/<uuid:pk>/report/", report.report, name="objective.report"),
    path("objectives/<uuid:pk>/edit/", views.edit, name="objective.edit"),
    path("objectives/<uuid:pk>/archiving/", views.archive, name="objective.archiving"),
    path("objectives/<uuid:pk>/readings/", views.enter, name="objective.readings"),
    path("objectives/<uuid:pk>/key-results/new/", key_results.new, name="key_result.new"),
    path("key-results/<uuid:pk>/edit/", key_results.edit, name="key_result.edit"),
    path("key-results/<uuid:pk>/removal/", key_results.remove, name="key_result.removal"),
    path("key-results/<uuid:pk>/readings/", key_results.readings, name="key_result.readings"),
]

PLAN = needs(POST=Capability.PLAN)
FORM = needs(GET=Capability.PLAN, POST=Capability.PLAN)

ACCESS = {
    "strategy": SEE,
    "strategy.unaligned": SEE,
    "post.alignment": needs(POST=Capability.WRITE),
    "objective.new": FORM,
    "objective": SEE,
    "objective.report": SEE,
    "objective.edit": FORM,
    "objective.archiving": PLAN,
    "objective.readings": PLAN,
    "key_result.new": FORM,
    "key_result.edit": FORM,
    "key_result.removal": PLAN,
    "key_result.readings": needs(GET=Capability.SEE, POST=Capability.PLAN),
}
