"""Which column of a file is which of our fields, from header words in three languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIELDS: dict[str, str | Promise] = {
    "title": _("Title"),
    "text": _("Text"),
    "date": _("Date"),
    "time": _("Time"),
    "zone": _("Time zone"),
    "channels": _("Channels"),
    "campaign": _("Campaign"),
    "department": _("Department"),
    "objective": _("Objective"),
    "language": _("Language"),
    "image": _("Image"),
    "alt": _("Alt text"),
    "tags": _("Hashtags"),
    "link": _("Link"),
}
"""The fields a column may fill, in the order in which they are offered."""

_WORDS: dict[str, str] = {
    "title": "title|titre|titel|headline|subject|sujet|betreff|topic|thema|thème|überschrift|name"
    "|nom|post title|titre du post|beitragstitel|summary|post name",
    "text": "text|texte|copy|caption|captions|légende|content|contenu|inhalt|message|post|body"
    "|beitrag|beitragstext|post text|post copy|texte du post|description|beschreibung|wording"
    "|accroche|publication|nachricht|bildunterschrift",
    "date": "date|datum|day|jour|tag|publish date|publishing date|publication date|post date"
    "|date de publication|date de parution|veröffentlichungsdatum|veröffentlichung|publish on"
    "|publish at|scheduled at|scheduled date|scheduled for|date time|datetime|date et heure"
    "|datum und uhrzeit|date heure|go live|live date|termin|start|start date|posting date|when"
    "|quand|wann|date prévue|geplant am|date of publication",
    "time": "time|heure|uhrzeit|zeit|hour|horaire|publish time|publishing time|posting time"
    "|post time|heure de publication|veröffentlichungszeit|scheduled time|start time",
    "zone": "time zone|timezone|tz|zone|fuseau|fuseau horaire|zeitzone",
    "channels": "channel|channels|canal|canaux|kanal|kanäle|network|networks|réseau|réseaux"
    "|réseau social|réseaux sociaux|netzwerk|netzwerke|platform|platforms|plateforme"
    "|plateformes|plattform|plattformen|social network|account|accounts|compte|comptes|konto"
    "|konten|profile|profiles|profil|medium",
    "campaign": "campaign|campagne|kampagne|campaigns|campaign name|nom de la campagne"
    "|kampagnenname|opération|aktion",
    "department": "department|département|departement|abteilung|team|équipe|service|bereich"
    "|division|pôle|direction|business unit",
    "objective": "objective|objectif|ziel|goal|goals|ziele|objectifs|but|kpi|target|zielsetzung",
    "language": "language|langue|sprache|lang|locale",
    "image": "image|images|bild|bilder|visual|visuel|visuels|photo|foto|fotos|media|média|medien"
    "|picture|asset|file|fichier|datei|image name|file name|nom du fichier|dateiname|image file"
    "|nom de l image|creative|attachment",
    "alt": "alt|alt text|alttext|texte alternatif|texte alt|alternativtext|alternative text"
    "|image description|description de l image|bildbeschreibung|description alternative",
    "tags": "tags|tag list|hashtag|hashtags|mots clés|mots clefs|mot clé|keywords|schlagwörter"
    "|schlagworte|stichworte|labels|étiquettes|categories|catégories|kategorien",
    "link": "link|links|lien|liens|url|website|web link|landing page|page de destination"
    "|zielseite|cta link|adresse|webseite|site",
}

_ELSE = (
    "owner|responsable|verantwortlich|verantwortliche|author|auteur|autor|autorin"
    "|assignee|assigned to|created by|rédacteur|rédactrice|redakteur|who|qui|wer|contact"
    "|zuständig|organizer|porteur|writer|propriétaire"
    "|status|statut|state|état|zustand|stage|étape|progress|avancement|stand|phase"
)
"""Words of headers that hold nothing we take over; they tell where the header is."""


@lru_cache(maxsize=50_000)
def normal(text: str) -> str:
    """A name as it is compared: lower case, without accents, marks and doubled spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]+|_", " ", letters).split())


_EXACT: dict[str, str] = {
    normal(word): name for name, words in _WORDS.items() for word in words.split("|")
}


_KNOWN = {*_EXACT, *(normal(word) for word in _ELSE.split("|"))}


def recognised(headers: Iterable[str]) -> int:
    """How many of these cells are header words we know."""
    return sum(normal(header) in _KNOWN for header in headers if len(header) <= 60)


def guess_mapping(headers: Sequence[str]) -> list[str]:
    """For each column the field it seems to hold, or ""; each field is used at most once.

    A header that is one of our words counts most, then one that contains such a word, the longest
    word first: “Publish date (CET)” is a date, “Alt text” is not a text.
    """
    offers = sorted(
        (
            (score, -column, name)
            for column, header in enumerate(headers)
            for name, score in _scores(header).items()
        ),
        reverse=True,
    )
    mapping = [""] * len(headers)
    for _score, back, name in offers:
        if name not in mapping and not mapping[-back]:
            mapping[-back] = name
    return mapping


def _scores(header: str) -> dict[str, int]:
    name = normal(header)
    if name in _KNOWN and name not in _EXACT:
        return {}
    if name in _EXACT:
        return {_EXACT[name]: 1_000 + len(name)}
    padded = f" {name} "
    found: dict[str, int] = {}
    for word, field in _EXACT.items():
        if len(word) > 2 and f" {word} " in padded:
            found[field] = max(found.get(field, 0), len(word))
    return found
