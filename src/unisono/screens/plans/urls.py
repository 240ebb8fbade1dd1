from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.plans import views

urlpatterns = [
    path("plans/", views.plans, name="plans"),
    path("plans/<uuid:pk>/", views.plan, name="plan"),
    path("plans/<uuid:pk>/taking/", views.take, name="plan.take"),
    path("plans/<uuid:pk>/undoing/", views.undo, name="plan.undo"),
    path("plans/<uuid:pk>/dropping/", views.drop, name="plan.drop"),
    path("plans/<uuid:pk>/again/", views.again_drawn, name="plan.again"),
]

ACCESS = {
    "plans": needs(GET=Capability.SEE, POST=Capability.SCHEDULE),
    "plan": SEE,
    "plan.take": needs(POST=Capability.WRITE),
    "plan.undo": needs(POST=Capability.WRITE),
    "plan.drop": needs(POST=Capability.SCHEDULE),
    "plan.again": needs(POST=Capability.SCHEDULE),
}
