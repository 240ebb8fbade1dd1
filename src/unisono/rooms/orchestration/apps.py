from django.apps import AppConfig


class OrchestrationConfig(AppConfig):
    name = "unisono.rooms.orchestration"
    label = "orchestration"
