from django.apps import AppConfig


class AdvocacyConfig(AppConfig):
    name = "unisono.rooms.advocacy"
    label = "advocacy"
