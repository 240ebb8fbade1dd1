from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "unisono.rooms.feeds"
    label = "feeds"
