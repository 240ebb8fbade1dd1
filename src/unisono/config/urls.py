from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from unisono.config import health

handler404 = "unisono.config.answers.not_found"
handler500 = "unisono.config.answers.defect"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("unisono.api.urls")),
    path("", include("unisono.ui.urls")),
    path("", include("unisono.screens.urls")),
]
