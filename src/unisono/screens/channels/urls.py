from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.channels import house, views

urlpatterns = [
    path("channels/", views.channels, name="channels"),
    path("channels/networks/", views.networks, name="networks"),
    path("channels/new/<str:network>/", views.new, name="channel.new"),
    path("channels/<uuid:pk>/", views.channel, name="channel"),
    path("channels/<uuid:pk>/sign-in/", views.sign_in, name="channel.sign_in"),
    path("channels/<uuid:pk>/department/", views.department, name="channel.department"),
    path("channels/<uuid:pk>/rules/", house.rules, name="channel.rules"),
    path("channels/<uuid:pk>/disconnection/", views.disconnection, name="channel.disconnection"),
]

MANAGE = needs(GET=Capability.CHANNELS, POST=Capability.CHANNELS)

ACCESS = {
    "channels": SEE,
    "networks": SEE,
    "channel.new": MANAGE,
    "channel": SEE,
    "channel.sign_in": MANAGE,
    "channel.department": needs(POST=Capability.CHANNELS),
    "channel.rules": MANAGE,
    "channel.disconnection": MANAGE,
}
