from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "unisono.rooms.people"
    label = "people"
