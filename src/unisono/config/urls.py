from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from unisono.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("account/", include("allauth.urls")),
    path("", include("unisono.ui.urls")),
]
if find_spec("unisono.api.urls") is not None if find_spec("unisono.api") else False:
    urlpatterns.append(path("api/v1/", include("unisono.api.urls")))
if find_spec("unisono.screens.urls") is not None if find_spec("unisono.screens") else False:
    urlpatterns.append(path("", include("unisono.screens.urls")))
