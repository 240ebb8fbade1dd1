from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "unisono.rooms.engagement"
    label = "engagement"
