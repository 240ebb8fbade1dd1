from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import needs
from unisono.screens.ideas import views

urlpatterns = [
    path("ideas/", views.ideas, name="ideas"),
    path("ideas/<uuid:pk>/", views.idea, name="idea"),
    path("ideas/<uuid:pk>/development/", views.develop, name="idea.development"),
    path("ideas/<uuid:pk>/dropping/", views.drop, name="idea.dropping"),
    path("ideas/<uuid:pk>/return/", views.take_back, name="idea.return"),
]

BOTH = needs(GET=Capability.SEE, POST=Capability.WRITE)
WRITE = needs(POST=Capability.WRITE)

ACCESS = {
    "ideas": BOTH,
    "idea": BOTH,
    "idea.development": WRITE,
    "idea.dropping": WRITE,
    "idea.return": WRITE,
}
