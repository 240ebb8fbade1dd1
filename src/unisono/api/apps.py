from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "unisono.api"
    label = "api"
