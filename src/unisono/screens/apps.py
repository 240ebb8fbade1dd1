from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "unisono.screens"
    label = "screens"
