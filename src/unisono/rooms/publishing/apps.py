from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "unisono.rooms.publishing"
    label = "publishing"
