from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "unisono.rooms.automation"
    label = "automation"
