"""Channels: seen by all, managed by those who may; mistakes are told at the field."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.cast import NOW, Cast, connected
from tests.screens.conftest import Browser, browser
from tests.servers.fixtures import Server
from unisono.networks import registry
from unisono.rooms.channels import actions as channels
from unisono.rooms.channels import vault
from unisono.rooms.channels.models import Channel


@pytest.fixture
def sandbox(sandbox_server: Server, settings: Any) -> Server:
    """The pretend network, reachable though it lives on this machine."""
    settings.UNISONO_REACHABLE = [("127.0.0.1", sandbox_server.port)]
    return sandbox_server


def filled(server: str, **changed: str) -> dict[str, str]:
    return {"server": server, "handle": "lumen-tests", "place": "agora", "token": "", **changed}


def test_all_channels_are_shown_with_their_state(cast: Cast, viewer: Browser) -> None:
    channels.needs_sign_in(
        cast.chirp, trouble="The network has forgotten us.", by=cast.actor("admin"), now=NOW
    )
    page = viewer.get(reverse("channels"))
    assert "Lumen Agora" in page.text
    assert "The network has forgotten us." in page.text
    assert "sign in again" in page.text
    assert "Other Agora" not in page.text
    assert reverse("channel.sign_in", args=[cast.chirp.pk]) not in page.text


def test_more_channels_need_no_more_queries(
    cast: Cast, viewer: Browser, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        viewer.get(reverse("channels"))
    for number in range(10):
        channel = connected(f"more-{number}", "chirp", by=cast.actor("admin"))
        Channel.objects.filter(pk=channel.pk).update(department=cast.departments["Sales"])
    with django_assert_num_queries(len(few)):
        viewer.get(reverse("channels"))


def test_a_change_brings_the_list_alone(viewer: Browser) -> None:
    answer = viewer.htmx("get", reverse("channels"))
    assert "<html" not in answer.text
    assert 'hx-trigger="live:channel from:body"' in answer.text


def test_the_matrix_shows_every_network(viewer: Browser, admin: Browser) -> None:
    page = viewer.get(reverse("networks")).text
    for adapter in registry.all():
        assert adapter.label in page
        assert reverse("channel.new", args=[adapter.name]) not in page
        assert reverse("channel.new", args=[adapter.name]) in admin.get(reverse("networks")).text


@pytest.mark.parametrize("network", ["sandbox", "mastodon", "bluesky"])
def test_each_network_asks_for_what_it_declares(admin: Browser, network: str) -> None:
    page = admin.get(reverse("channel.new", args=[network])).text
    for field in registry.connector(network).connect_fields:
        assert f'name="{field.name}"' in page


def test_an_unknown_network_is_not_here(admin: Browser) -> None:
    assert admin.get(reverse("channel.new", args=["myspace"])).status_code == 404


@pytest.mark.servers
def test_connecting_proves_the_account_and_keeps_it(
    cast: Cast, admin: Browser, sandbox: Server
) -> None:
    answer = admin.post(
        reverse("channel.new", args=["sandbox"]),
        filled(sandbox.url, department=str(cast.departments["Sales"].pk)),
    )
    assert answer.status_code == 302
    channel = Channel.objects.get(handle__contains="lumen-tests")
    assert answer.headers["Location"] == reverse("channel", args=[channel.pk])
    assert channel.department == cast.departments["Sales"]
    assert admin.get(answer.headers["Location"]).status_code == 200
    token = vault.opened(channel.credentials, channel.binding)["token"].reveal()
    back = admin.post(reverse("channel.disconnection", args=[channel.pk]))
    assert back.status_code == 302
    assert Channel.objects.get(pk=channel.pk).state == "disconnected"
    again = admin.post(
        reverse("channel.sign_in", args=[channel.pk]), filled(sandbox.url, token=token)
    )
    assert again.status_code == 302
    assert Channel.objects.get(pk=channel.pk).state == "connected"


@pytest.mark.servers
def test_another_account_is_not_taken_for_this_one(
    cast: Cast, admin: Browser, sandbox: Server
) -> None:
    path = reverse("channel.sign_in", args=[cast.agora.pk])
    answer = admin.post(path, filled(sandbox.url, handle="somebody-else"))
    assert answer.status_code == 422
    assert "That is another account" in answer.text


@pytest.mark.servers
def test_a_server_that_is_another_network_is_told_at_its_field(
    admin: Browser, sandbox: Server
) -> None:
    answer = admin.post(
        reverse("channel.new", args=["mastodon"]),
        {"server": sandbox.url, "token": "very-secret-token"},
    )
    assert answer.status_code == 422
    assert 'id="id_server_error"' in answer.text
    assert sandbox.url in answer.text
    assert "very-secret-token" not in answer.text


def test_an_unreachable_server_is_told_at_its_field(admin: Browser) -> None:
    answer = admin.post(
        reverse("channel.new", args=["sandbox"]),
        filled("http://127.0.0.1:9", token="very-secret-token"),
    )
    assert answer.status_code == 422
    assert 'id="id_server_error"' in answer.text
    assert "http://127.0.0.1:9" in answer.text
    assert "lumen-tests" in answer.text
    assert "very-secret-token" not in answer.text
    assert not Channel.objects.filter(handle__contains="lumen-tests").exists()


@pytest.mark.servers
def test_a_revoked_token_is_told_at_its_field(
    admin: Browser, mastodon_server: Any, settings: Any
) -> None:
    settings.UNISONO_REACHABLE = [("127.0.0.1", mastodon_server.port)]
    answer = admin.post(
        reverse("channel.new", args=["mastodon"]),
        {"server": mastodon_server.url, "token": "revoked-long-ago"},
    )
    assert answer.status_code == 422
    assert 'id="id_token_error"' in answer.text
    assert mastodon_server.url in answer.text
    assert "revoked-long-ago" not in answer.text


def test_an_empty_form_is_told_field_by_field(admin: Browser) -> None:
    answer = admin.post(reverse("channel.new", args=["bluesky"]), {"handle": "", "password": ""})
    assert answer.status_code == 422
    assert 'id="id_handle_error"' in answer.text
    assert 'id="id_password_error"' in answer.text


def test_a_manager_connects_for_their_own_department_only(cast: Cast) -> None:
    manager = browser(cast, "manager")
    page = manager.get(reverse("channel.new", args=["sandbox"])).text
    assert "The whole organization" not in page
    sales = str(cast.departments["Sales"].pk)
    path = reverse("channel.new", args=["sandbox"])
    answer = manager.post(path, filled("http://127.0.0.1:9", department=sales))
    assert answer.status_code == 422
    assert 'id="id_department_error"' in answer.text


def test_a_department_takes_a_channel_over(cast: Cast, admin: Browser) -> None:
    marketing = str(cast.departments["Marketing"].pk)
    path = reverse("channel.department", args=[cast.agora.pk])
    assert admin.post(path, {"department": marketing}).status_code == 302
    assert Channel.objects.get(pk=cast.agora.pk).department == cast.departments["Marketing"]
    assert browser(cast, "manager").post(path, {"department": marketing}).status_code == 302
    elsewhere = admin.post(path, {"department": str(cast.other_department.pk)})
    assert elsewhere.status_code == 422


def test_disconnecting_asks_first_and_only_once(cast: Cast, admin: Browser) -> None:
    path = reverse("channel.disconnection", args=[cast.agora.pk])
    assert "forgets the key" in admin.get(path).text
    assert Channel.objects.get(pk=cast.agora.pk).state == "connected"
    assert admin.post(path).status_code == 302
    gone = Channel.objects.get(pk=cast.agora.pk)
    assert (gone.state, gone.credentials) == ("disconnected", "")
    assert admin.post(path).status_code == 409
    assert "Lumen Agora" not in admin.get(reverse("channels")).text
    assert "Lumen Agora" in admin.get(reverse("channels") + "?show=disconnected").text
