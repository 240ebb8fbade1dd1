"""The pages alone, for a server that speaks WSGI. Live updates need `asgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisono.config.settings")

application = get_wsgi_application()
