from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.desk import notices, search, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("desk/<slug:part>/", views.part, name="desk.part"),
    path("notices/", notices.notices, name="notices"),
    path("notices/reading/", notices.read, name="notices.reading"),
    path("search/", search.search, name="search"),
]

ACCESS = {
    "desk": SEE,
    "desk.part": SEE,
    "notices": SEE,
    "notices.reading": needs(POST=Capability.SEE),
    "search": SEE,
}
