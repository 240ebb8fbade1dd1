from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import PUBLIC, needs
from unisono.screens.requests import files, public, views

urlpatterns = [
    path("requests/", views.requests, name="requests"),
    path("requests/forms/", views.links, name="request.forms"),
    path("requests/forms/<uuid:pk>/closing/", views.close, name="request.form.closing"),
    path("requests/<uuid:pk>/", views.request_page, name="request"),
    path("requests/<uuid:pk>/promise/", views.promise, name="request.promise"),
    path("requests/<uuid:pk>/refusal/", views.refuse, name="request.refusal"),
    path("requests/<uuid:pk>/questions/", views.ask_back, name="request.questions"),
    path("requests/<uuid:pk>/files/", views.add_files, name="request.files"),
    path("requests/<uuid:pk>/files/<uuid:file>/", files.file, name="request.file"),
    path(
        "requests/<uuid:pk>/files/<uuid:file>/removal/", files.remove, name="request.file.removal"
    ),
    path("requests/<uuid:pk>/end/", views.finish, name="request.end"),
    path("requests/<uuid:pk>/department/", views.hand_over, name="request.department"),
    path("requests/<uuid:pk>/idea/", views.make_idea, name="request.idea"),
    path("requests/<uuid:pk>/post/", views.make_post, name="request.post"),
    path("ask/<str:secret>/", public.ask, name="ask"),
    path("asked/<str:secret>/", public.asked, name="asked"),
]

TRIAGE = needs(POST=Capability.CAMPAIGN)

ACCESS = {
    "requests": needs(GET=Capability.CAMPAIGN),
    "request.forms": needs(GET=Capability.PLAN, POST=Capability.PLAN),
    "request.form.closing": needs(POST=Capability.PLAN),
    "request": needs(GET=Capability.CAMPAIGN),
    "request.promise": TRIAGE,
    "request.refusal": TRIAGE,
    "request.questions": TRIAGE,
    "request.files": TRIAGE,
    "request.file": needs(GET=Capability.CAMPAIGN),
    "request.file.removal": TRIAGE,
    "request.end": TRIAGE,
    "request.department": TRIAGE,
    "request.idea": TRIAGE,
    "request.post": TRIAGE,
    "ask": needs(GET=PUBLIC, POST=PUBLIC),
    "asked": needs(GET=PUBLIC, POST=PUBLIC),
}
