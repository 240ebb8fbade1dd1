from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "unisono.rooms.workflow"
    label = "workflow"
