from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "unisono.ui"
    label = "ui"
