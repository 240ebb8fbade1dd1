from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.library import views

urlpatterns = [
    path("library/", views.library, name="library"),
    path("library/<uuid:pk>/", views.asset, name="asset"),
    path("library/<uuid:pk>/retirement/", views.retire, name="asset.retirement"),
    path("media/<uuid:pk>/<str:kind>/", views.media, name="media"),
]

ACCESS = {
    "library": needs(GET=Capability.SEE, POST=Capability.WRITE),
    "asset": needs(GET=Capability.SEE, POST=Capability.WRITE),
    "asset.retirement": needs(POST=Capability.WRITE),
    "media": SEE,
}
