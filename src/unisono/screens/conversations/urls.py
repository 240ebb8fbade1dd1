from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.conversations import views

urlpatterns = [
    path("conversations/", views.conversations, name="conversations"),
    path("conversations/<uuid:pk>/closing/", views.close, name="conversation.closing"),
    path("conversations/<uuid:pk>/reopening/", views.reopen, name="conversation.reopening"),
    path("messages/<uuid:pk>/idea/", views.make_idea, name="message.idea"),
]

ANSWER = needs(POST=Capability.ANSWER)

ACCESS = {
    "conversations": SEE,
    "conversation.closing": ANSWER,
    "conversation.reopening": ANSWER,
    "message.idea": needs(POST=Capability.WRITE),
}
