"""The kit's pages, and a door that moves notes, without a database behind them."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

MOVES: list[dict[str, str]] = []


def move(request: HttpRequest) -> HttpResponse:
    """Takes every move, except one to the hour of 13 or to a day ending in 1."""
    asked = {key: value for key, value in request.POST.items() if isinstance(value, str)}
    MOVES.append(asked)
    if asked.get("time", "").startswith("13"):
        return JsonResponse({"detail": "This channel is full at that hour."}, status=409)
    return HttpResponse(status=204)


def place(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<title>there</title>")


urlpatterns = [
    path("ui/move", move),
    path("", include("unisono.ui.urls")),
    *(path(name, place, name=name) for name in ("desk", "strategy", "calendar", "approvals")),
]
