from django.urls import path

from unisono.api.app import api

urlpatterns = [path("", api.urls)]
