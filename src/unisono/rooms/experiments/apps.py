from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "unisono.rooms.experiments"
    label = "experiments"
