"""The pages alone, for a server that speaks WSGI. Live updates need `asgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from unisono.kernel import processes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisono.config.settings")

application = get_wsgi_application()
# A defect in any page's code ends the process here, where it is seen, not at the first visit.
get_resolver().url_patterns  # noqa: B018
processes.settle()
