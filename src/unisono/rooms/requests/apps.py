from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "unisono.rooms.requests"
    label = "requests"
