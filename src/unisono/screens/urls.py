from django.urls import include, path

from unisono.screens.table import FAMILIES

urlpatterns = [path("", include(f"unisono.screens.{family}.urls")) for family in FAMILIES]
