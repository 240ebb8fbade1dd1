from django.urls import path

from unisono.screens.access import SEE
from unisono.screens.library import media

urlpatterns = [
    path("media/<uuid:pk>/<slug:kind>/", media.media, name="media"),
]

ACCESS = {
    "media": SEE,
}
