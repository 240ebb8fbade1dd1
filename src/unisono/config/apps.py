from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class WiringConfig(AppConfig):
    name = "unisono.config"
    label = "config"

    def ready(self) -> None:
        from unisono.config import wiring
        from unisono.kernel import database

        connection_created.connect(database.take_role, dispatch_uid="unisono.take_role")
        post_migrate.connect(database.prepare, sender=self, dispatch_uid="unisono.prepare")
        wiring.connect()
