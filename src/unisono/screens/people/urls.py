from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.people import invites, views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/roles/", views.roles, name="roles"),
    path("people/invitations/new/", invites.new, name="invite"),
    path("people/invitations/<uuid:pk>/link/", invites.link, name="invite.link"),
    path("people/invitations/<uuid:pk>/withdrawal/", invites.withdrawal, name="invite.withdrawal"),
    path("people/<uuid:pk>/", views.member, name="member"),
    path("people/<uuid:pk>/roles/", views.member_roles, name="member.roles"),
    path("people/<uuid:pk>/suspension/", views.suspension, name="member.suspension"),
    path("people/<uuid:pk>/readmission/", views.readmission, name="member.readmission"),
]

CHANGE = needs(POST=Capability.PEOPLE)

ACCESS = {
    "people": SEE,
    "roles": SEE,
    "invite": needs(GET=Capability.PEOPLE, POST=Capability.PEOPLE),
    "invite.link": CHANGE,
    "invite.withdrawal": CHANGE,
    "member": SEE,
    "member.roles": CHANGE,
    "member.suspension": CHANGE,
    "member.readmission": CHANGE,
}
