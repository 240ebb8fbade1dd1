from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "unisono.rooms.metrics"
    label = "metrics"
