from django.urls import path

from unisono.ui.kit_page import kit_page

urlpatterns = [
    path("ui", kit_page, name="kit"),
    path("ui/<slug:part>", kit_page, name="kit-part"),
]
