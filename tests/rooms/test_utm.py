"""Link parameters: the pure function by its properties, and what of them is frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast import NOW, Cast
from unisono.kernel import jobs
from unisono.kernel.refusals import Invalid
from unisono.networks.text import entities
from unisono.rooms.content import actions as content
from unisono.rooms.content import snapshot
from unisono.rooms.content.checks import findings, measure
from unisono.rooms.content.models import Variant
from unisono.rooms.content.queries import variants_of
from unisono.rooms.people import actions as people
from unisono.rooms.plan import actions as plan
from unisono.rooms.plan import utm
from unisono.rooms.plan.briefs import Details
from unisono.rooms.plan.models import Campaign
from unisono.rooms.plan.utm import Pattern, checked, slug, tagged, tagged_link
from unisono.rooms.publishing import actions as publishing
from unisono.rooms.publishing.models import Publication
from unisono.rooms.workflow import actions as workflow

VALUES = {name: f"the-{name}" for name in utm.PLACEHOLDERS}
PATTERN = Pattern("{network}", "social", "{campaign}", "{post}-{channel}", "", ("own.example",))
OURS = "utm_source=the-network&utm_medium=social&utm_campaign=the-campaign"
OURS += "&utm_content=the-post-the-channel"

words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
hosts = st.sampled_from(
    ["shop.example", "own.example", "www.own.example", "münchen.example", "SHOP.example:8443",
     "user:pw@shop.example", "[2001:db8::1]:80", "xn--mnchen-3ya.example", "1.2.3.4"]
)  # fmt: skip
pieces = st.text("abz/%20=&;+~.-_é€", max_size=12)
links = st.builds(
    "{}{}/{}{}{}".format,
    st.sampled_from(["https://", "http://", "HTTPS://"]),
    hosts,
    pieces,
    st.one_of(st.just(""), pieces.map("?{}".format), st.just("?utm_source=x&a=1&utm_id=7&b&&")),
    st.one_of(st.just(""), pieces.map("#{}".format), st.just("#/route?utm_source=no&x#y")),
)
patterns = st.builds(
    Pattern,
    source=st.sampled_from(["news", "{network}", "été & {department}", "a+b=c#d"]),
    medium=st.sampled_from(["", "social", "{unknown}"]),
    campaign=st.sampled_from(["", "{campaign}"]),
    content=st.sampled_from(["", "{post}-{id}."]),
    term=st.just(""),
    hosts=st.sampled_from([(), ("own.example",), ("münchen.example",)]),
    replace=st.booleans(),
)


@given(links, patterns)
@settings(max_examples=150, deadline=None)
def test_a_link_keeps_all_it_had_and_is_tagged_once(link: str, pattern: Pattern) -> None:
    once = tagged_link(link, pattern, VALUES)
    assert tagged_link(once, pattern, VALUES) == once
    before, after = urlsplit(link), urlsplit(once)
    assert (after.netloc, after.path, after.fragment) == (
        before.netloc, before.path, before.fragment
    )  # fmt: skip
    assert once.partition("#")[1:] == link.partition("#")[1:]
    ours = {f"utm_{name}" for name in utm.PARAMETERS if getattr(pattern, name)}

    def theirs(query: str) -> list[str]:
        pairs = [pair for pair in query.split("&") if pair.partition("=")[0] not in ours]
        return list(filter(None, pairs))

    assert theirs(after.query) == theirs(before.query)
    if once != link and not pattern.replace:
        assert "utm_" not in before.query
        assert once.startswith(link.partition("#")[0].rstrip("&?"))


@given(
    st.lists(st.one_of(words, links, st.sampled_from([" ", ".", ")", "(", "\n", "»"]))), patterns
)
@settings(max_examples=100, deadline=None)
def test_a_text_keeps_its_words_and_is_tagged_once(parts: list[str], pattern: Pattern) -> None:
    text = "".join(parts)
    once = tagged(text, pattern, VALUES)
    assert tagged(once, pattern, VALUES) == once
    kinds = [[e.kind for e in entities(one)] for one in (text, once)]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("https://a.example", f"https://a.example?{OURS}"),
        ("https://a.example/x?b=2&a=1#top", f"https://a.example/x?b=2&a=1&{OURS}#top"),
        ("https://a.example/?", f"https://a.example/?{OURS}"),
        ("http://münchen.example:8443/ä", f"http://münchen.example:8443/ä?{OURS}"),
        ("https://a.example/?UTM_Source=x", None),
        ("https://a.example/?a=1&utm%5Fsource=x", None),
        ("https://own.example/x", None),
        ("https://shop.OWN.example./x", None),
        ("https://own.example.org/x", f"https://own.example.org/x?{OURS}"),
        ("https://user@own.example:80/x", None),
        ("mailto:a@a.example", None),
    ],
)  # fmt: skip
def test_one_link(link: str, becomes: str | None) -> None:
    assert tagged_link(link, PATTERN, VALUES) == (becomes or link)


def test_a_pattern_may_replace_what_is_there() -> None:
    pattern = Pattern("me", replace=True)
    before = "https://a.example/?utm_source=x&b=1&utm_term=t"
    assert tagged_link(before, pattern, {}) == "https://a.example/?b=1&utm_term=t&utm_source=me"
    both = Pattern("é b", hosts=("xn--mnchen-3ya.example",))
    assert tagged_link("https://münchen.example", both, {}) == "https://münchen.example"
    assert tagged_link("https://a.example", both, {}) == "https://a.example?utm_source=%C3%A9%20b"
    assert parse_qsl(urlsplit(tagged_link("https://a.example", both, {})).query)[0][1] == "é b"


def test_words_become_slugs() -> None:
    said = ["Été à Lyon!", "@maison@mastodon.social", "Straße 9", "夏 祭り", "--", "x" * 99]
    found = [slug(one) for one in said]
    assert found == ["ete-a-lyon", "maison-mastodon-social", "strasse-9", "夏-祭り", "", "x" * 60]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"medium": "social"}, "utm_source"),
        ({"source": "{who}"}, "utm_source"),
        ({"source": "a}"}, "utm_source"),
        ({"source": "a\nb"}, "utm_source"),
        ({"source": "a", "term": "x" * 121}, "utm_term"),
        ({"source": "a", "hosts": ("no host",)}, "utm_hosts"),
        ({"source": "a", "hosts": tuple(f"h{n}.example" for n in range(51))}, "utm_hosts"),
    ],
)
def test_what_no_pattern_can_be(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked(Pattern(**wrong))
    assert refusal.value.field == field


def test_hosts_are_taken_from_addresses() -> None:
    found = checked(Pattern("a", hosts=("https://Own.example:80/x?y", "", "own.example")))
    assert found.hosts == ("own.example",)


def with_pattern(campaign: Campaign, cast: Cast, pattern: Pattern = PATTERN, **more: Any) -> None:
    values = {
        name: getattr(campaign, name)
        for name in ("name", "starts_on", "ends_on", "brief", "department", "objective", "owner")
    }
    details = Details(utm=pattern, code="lyon")
    plan.change_campaign(
        campaign, **{**values, **more}, details=details, by=cast.actor("editor"), now=NOW
    )


def write(cast: Cast, text: str) -> Any:
    return content.write_post(
        title="Les portes", text=text, follow_ups=["More: https://a.example/2."],
        department=cast.departments["Marketing"], campaign=cast.campaign, channels=[cast.chirp],
        by=cast.actor("editor"), now=NOW,
    )  # fmt: skip


def test_what_is_reviewed_is_what_is_sent(cast: Cast) -> None:
    with_pattern(cast.campaign, cast)
    post = write(cast, "Come: https://a.example/x#y")
    (variant,) = variants_of(post)
    link = "https://a.example/x?utm_source=sandbox&utm_medium=social&utm_campaign=lyon"
    link += "&utm_content=les-portes-lumen-chirp#y"
    assert variant.words == "Come: https://a.example/x#y"
    assert snapshot.draft(variant, []).text == f"Come: {link}"
    assert measure(variant)["length"] == len(f"Come: {link}")
    assert any(link in remark.sentence for remark in findings(variant) if remark.code == "utm")
    frozen = content.freeze(variant, by=cast.actor("editor"), now=NOW)
    assert frozen.text == f"Come: {link}"
    assert frozen.follow_ups[0].startswith("More: https://a.example/2?utm_source=sandbox")
    assert frozen.digest == variant.digest
    assert content.freeze(variant, by=cast.actor("editor"), now=NOW) == frozen


def test_the_tags_count_against_the_limit(cast: Cast) -> None:
    post = write(cast, f"{'x' * 250} https://a.example/")
    (variant,) = variants_of(post)
    assert not [f for f in findings(variant) if f.level == "bad"]
    with_pattern(cast.campaign, cast)
    variant = Variant.objects.get(pk=variant.pk)
    assert [f for f in findings(variant) if f.level == "bad"]


def test_another_pattern_holds_what_was_agreed_to_as_before(cast: Cast) -> None:
    post = write(cast, "Come: https://a.example/x")
    editor, approver = cast.actor("editor"), cast.actor("approver")
    workflow.ask_approval(post, schedule_when_approved=False, by=editor, now=NOW)
    (request,) = workflow.approve_post(post, by=approver, now=NOW)
    publishing.schedule(
        request.revision, wall=datetime(2026, 3, 11, 9), zone="Europe/Paris", by=editor, now=NOW
    )
    with_pattern(cast.campaign, cast, Pattern())
    jobs.run_pending()
    assert Publication.objects.get(variant__post=post, part=0).state == "scheduled"
    with_pattern(cast.campaign, cast)
    jobs.run_pending()
    held = Publication.objects.get(variant__post=post, part=0)
    assert (held.state, held.reason_code) == ("held", "edited")
    # A new name changes no link, since the campaign's code stays.
    (variant,) = variants_of(post)
    before = content.caught_up(variant).digest
    with_pattern(cast.campaign, cast, name="Lyon, at last")
    assert content.caught_up(variant).digest == before


def test_a_department_by_another_name_is_caught_up_with_at_the_freeze(cast: Cast) -> None:
    with_pattern(cast.campaign, cast, Pattern("{department}"))
    post = write(cast, "https://a.example")
    (variant,) = variants_of(post)
    marketing = cast.departments["Marketing"]
    people.change_department(
        marketing, name="Brand", hue=marketing.hue, parent=None, approval_required=True,
        by=cast.actor("admin"), now=NOW,
    )  # fmt: skip
    frozen = content.freeze(Variant.objects.get(pk=variant.pk), by=cast.actor("editor"), now=NOW)
    assert frozen.text == "https://a.example?utm_source=brand"
    assert Variant.objects.get(pk=variant.pk).digest == frozen.digest
