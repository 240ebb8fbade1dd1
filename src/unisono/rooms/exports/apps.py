from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "unisono.rooms.exports"
    label = "exports"
