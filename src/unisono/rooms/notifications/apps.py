from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "unisono.rooms.notifications"
    label = "notifications"
