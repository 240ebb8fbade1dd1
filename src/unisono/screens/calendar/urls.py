from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.calendar import views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/variants/<uuid:pk>/time/", views.move, name="variant.time"),
]

ACCESS = {
    "calendar": SEE,
    "variant.time": needs(POST=Capability.WRITE),
}
