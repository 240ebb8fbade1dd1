from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SIGNED_IN, needs
from unisono.screens.settings import house, own, telling

SETTINGS = needs(GET=Capability.SETTINGS, POST=Capability.SETTINGS)
PEOPLE = needs(GET=Capability.PEOPLE, POST=Capability.PEOPLE)

urlpatterns = [
    path("settings/", own.profile, name="settings"),
    path("settings/security/", own.security, name="settings.security"),
    path("settings/security/sessions/", own.sessions, name="settings.sessions"),
    path("settings/notices/", telling.notices, name="settings.notices"),
    path("settings/tokens/", own.tokens, name="settings.tokens"),
    path("settings/tokens/<uuid:pk>/revocation/", own.revoke, name="settings.token"),
    path("settings/organization/", house.organization, name="settings.organization"),
    path("settings/departments/", house.departments, name="settings.departments"),
    path("settings/departments/<uuid:pk>/", house.department, name="settings.department"),
]

ACCESS = {
    "settings": needs(GET=SIGNED_IN, POST=SIGNED_IN),
    "settings.security": needs(GET=SIGNED_IN),
    "settings.sessions": needs(POST=SIGNED_IN),
    "settings.notices": needs(GET=SIGNED_IN, POST=SIGNED_IN),
    "settings.tokens": needs(GET=SIGNED_IN, POST=SIGNED_IN),
    "settings.token": needs(POST=SIGNED_IN),
    "settings.organization": SETTINGS,
    "settings.departments": PEOPLE,
    "settings.department": PEOPLE,
}
