from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "unisono.rooms.plan"
    label = "plan"
