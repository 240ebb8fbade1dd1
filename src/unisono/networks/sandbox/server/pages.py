"""The public web pages of the pretend network: plain HTML without scripts."""

from __future__ import annotations

import re
from html import escape

from unisono.networks.sandbox.server.audience import Comment, Reaction, iso
from unisono.networks.sandbox.server.places import PLACES
from unisono.networks.sandbox.server.store import Person, Post

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --paper: #fbfaf7; --line: #dcd8cf;
  --soft: #6d7380; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --paper: #16191f; --line: #333944; --soft: #9aa1ad; } }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 17px/1.55 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header, footer, .counts, time { color: var(--soft); font-size: .88rem; }
article { border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; margin: 1rem 0; }
article p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .75rem 0; }
a { color: inherit; } img { max-width: 100%; height: auto; border-radius: 8px; display: block; }
figure { margin: 1rem 0; } figcaption { color: var(--soft); font-size: .85rem; }
.counts { display: flex; gap: 1.25rem; flex-wrap: wrap; } ol { list-style: none; padding: 0; }
li { border-top: 1px solid var(--line); padding: .85rem 0; }
""".strip()


def post_page(
    person: Person,
    post: Post,
    counts: Reaction,
    said: list[Comment],
    below: list[tuple[Post, Reaction]],
) -> str:
    """One post with its pictures, reactions, the author's own replies, and comments."""
    thread = "".join(_article(person, reply, its, linked=True) for reply, its in below)
    comments = "".join(
        f"<li><strong>{escape(c.author)}</strong> <time>{_when(c.at)}</time>"
        f"<br>{escape(c.text)}</li>"
        for c in said
    )
    heading = f"<h2>{len(said)} comments</h2>" if said else "<h2>No comments yet</h2>"
    return _page(
        f"{person.name} on {PLACES[person.place].title}",
        _article(person, post, counts)
        + thread
        + f"<section>{heading}<ol>{comments}</ol></section>",
        post.language,
    )


def account_page(person: Person, posts: list[tuple[Post, Reaction]]) -> str:
    """An account's latest posts."""
    head = f"<h1>{escape(person.name)}</h1><p>@{escape(person.handle)}</p>"
    body = "".join(_article(person, post, counts, linked=True) for post, counts in posts)
    return _page(person.name, head + (body or "<p>Nothing posted yet.</p>"))


def front_page(people: list[Person]) -> str:
    """Everybody who has an account."""
    rows = "".join(
        f'<li><a href="/@{escape(p.handle)}">{escape(p.name)}</a> on {PLACES[p.place].title}</li>'
        for p in people
    )
    return _page("The pretend network", f"<h1>The pretend network</h1><ol>{rows}</ol>")


def _article(person: Person, post: Post, counts: Reaction, *, linked: bool = False) -> str:
    pictures = "".join(
        f'<figure><img src="/media/{p["id"]}" alt="{escape(p["alt"])}" width="{p["width"]}"'
        f' height="{p["height"]}"><figcaption>{escape(p["alt"])}</figcaption></figure>'
        for p in post.media
    )
    when = f"<time>{_when(post.at)}</time>"
    if linked:
        when = f'<a href="/@{escape(person.handle)}/{post.id}">{when}</a>'
    clicks = f"<span>{counts.clicks} clicks</span>" if "http" in post.text else ""
    return (
        f"<article><header><strong>{escape(person.name)}</strong> @{escape(person.handle)} {when}"
        f"</header><p>{_linked(post.edited or post.text)}</p>{pictures}<div class=counts>"
        f"<span>{counts.views} views</span><span>{counts.likes} likes</span>"
        f"<span>{counts.comments} comments</span><span>{counts.shares} shares</span>{clicks}"
        "</div></article>"
    )


def _linked(text: str) -> str:
    parts = re.split(r"(https?://[^\s<>\"']+)", text)
    return "".join(
        f'<a rel="nofollow noopener" href="{escape(part)}">{escape(part)}</a>'
        if odd
        else escape(part)
        for odd, part in ((number % 2, part) for number, part in enumerate(parts))
    )


def _when(seconds: float) -> str:
    return iso(seconds)[:16].replace("T", " ")


def _page(title: str, body: str, language: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{escape(language or "en")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/style.css"></head>'
        f"<body><main>{body}<footer>A pretend network: nobody here is real.</footer></main></body>"
        "</html>"
    )
