from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "unisono.rooms.imports"
    label = "imports"
