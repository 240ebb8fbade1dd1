from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "unisono.rooms.channels"
    label = "channels"
