from django.urls import path

from unisono.screens.access import PUBLIC, SIGNED_IN, needs
from unisono.screens.entrance import demo, invitations, setup, switches

urlpatterns = [
    path("setup/", setup.setup, name="setup"),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("demo/", demo.demo, name="demo"),
    path("language/", switches.language, name="language"),
    path("theme/", switches.theme, name="theme"),
    path("organizations/", switches.organizations, name="organizations"),
    path("sign-out/", switches.sign_out, name="sign_out"),
]

BOTH = needs(GET=PUBLIC, POST=PUBLIC)

ACCESS = {
    "setup": BOTH,
    "invitation": BOTH,
    "demo": BOTH,
    "language": needs(POST=PUBLIC),
    "theme": needs(POST=PUBLIC),
    "organizations": needs(GET=SIGNED_IN, POST=SIGNED_IN),
    "sign_out": needs(POST=PUBLIC),
}
