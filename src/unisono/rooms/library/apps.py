from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "unisono.rooms.library"
    label = "library"
