from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import needs
from unisono.screens.imports import views

IMPORT = Capability.IMPORT

urlpatterns = [
    path("import/", views.imports, name="import"),
    path("import/<uuid:pk>/", views.run, name="import.run"),
    path("import/<uuid:pk>/mapping/", views.mapping, name="import.mapping"),
    path("import/<uuid:pk>/confirmation/", views.confirm, name="import.confirmation"),
    path("import/<uuid:pk>/undoing/", views.undo, name="import.undoing"),
    path("import/<uuid:pk>/progress/", views.progress, name="import.progress"),
]

ACCESS = {
    "import": needs(GET=IMPORT, POST=IMPORT),
    "import.run": needs(GET=IMPORT),
    "import.mapping": needs(POST=IMPORT),
    "import.confirmation": needs(POST=IMPORT),
    "import.undoing": needs(POST=IMPORT),
    "import.progress": needs(GET=IMPORT),
}
