from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.series import views

urlpatterns = [
    path("series/", views.all_series, name="series.all"),
    path("series/new/", views.new, name="series.new"),
    path("series/dates/", views.dates, name="series.dates"),
    path("series/<uuid:pk>/", views.series, name="series"),
    path("series/<uuid:pk>/edit/", views.edit, name="series.edit"),
    path("series/<uuid:pk>/skipping/", views.skipping, name="series.skipping"),
    path("series/<uuid:pk>/approvals/", views.approvals, name="series.approvals"),
    path("series/<uuid:pk>/ending/", views.ending, name="series.ending"),
]

FORM = needs(GET=Capability.WRITE, POST=Capability.WRITE)
WRITE = needs(POST=Capability.WRITE)

ACCESS = {
    "series.all": SEE,
    "series.new": FORM,
    "series.dates": needs(GET=Capability.WRITE),
    "series": SEE,
    "series.edit": FORM,
    "series.skipping": WRITE,
    "series.approvals": WRITE,
    "series.ending": WRITE,
}
