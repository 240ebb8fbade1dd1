from django.apps import AppConfig, apps
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class WiringConfig(AppConfig):
    name = "unisono.config"
    label = "config"

    def ready(self) -> None:
        from unisono.config import wiring
        from unisono.kernel import database

        connection_created.connect(database.take_role, dispatch_uid="unisono.take_role")
        # Sent once for every app that has models; the kernel stands for all of them.
        kernel = apps.get_app_config("kernel")
        post_migrate.connect(database.prepare, sender=kernel, dispatch_uid="unisono.prepare")
        wiring.connect()
