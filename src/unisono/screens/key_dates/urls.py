from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.key_dates import preparing, views

urlpatterns = [
    path("key-dates/", views.key_dates, name="key_dates"),
    path("key-dates/countries/", views.countries, name="key_dates.countries"),
    path("key-dates/new/", views.new, name="key_date.new"),
    path("key-dates/<uuid:pk>/edit/", views.edit, name="key_date.edit"),
    path("key-dates/<uuid:pk>/removal/", views.remove, name="key_date.removal"),
    path("key-dates/<uuid:pk>/<str:on>/", preparing.prepare, name="key_date.preparation"),
]

FORM = needs(GET=Capability.PLAN, POST=Capability.PLAN)

ACCESS = {
    "key_dates": SEE,
    "key_dates.countries": needs(POST=Capability.SETTINGS),
    "key_date.new": FORM,
    "key_date.edit": FORM,
    "key_date.removal": needs(POST=Capability.PLAN),
    "key_date.preparation": needs(GET=Capability.WRITE, POST=Capability.WRITE),
}
