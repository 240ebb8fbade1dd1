from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.approvals import views

urlpatterns = [
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/posts/<uuid:pk>/decision/", views.decide_post, name="approval.post"),
    path("approvals/<uuid:pk>/decision/", views.decide, name="approval.decision"),
    path("approvals/<uuid:pk>/withdrawal/", views.withdraw, name="approval.withdrawal"),
]

ACCESS = {
    "approvals": SEE,
    "approval.post": needs(POST=Capability.APPROVE),
    "approval.decision": needs(POST=Capability.APPROVE),
    "approval.withdrawal": needs(POST=Capability.WRITE),
}
