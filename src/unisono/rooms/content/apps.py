from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "unisono.rooms.content"
    label = "content"
