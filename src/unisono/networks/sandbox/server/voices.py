"""What the pretend audience writes: short answers in the language of the post."""

from __future__ import annotations

import re
from random import Random

NAMES: dict[str, tuple[str, ...]] = {
    "en": (
        "Amelia Hart", "Tom Whitfield", "Priya Nair", "Owen Clarke", "Grace Okafor", "Liam Byrne",
        "Hannah Cole", "Marcus Reid", "Zoe Lindqvist", "Daniel Osei", "Ruth Feldman",
        "Ben Arkwright",
    ),
    "fr": (
        "Camille Roussel", "Hugo Lefèvre", "Inès Benali", "Théo Marchand", "Manon Dubreuil",
        "Yanis Karam", "Élodie Fabre", "Lucas Pelletier", "Nadia Cherif", "Paul Vasseur",
    ),
    "de": (
        "Lena Brandt", "Jonas Vogel", "Aylin Demir", "Moritz Kessler", "Katrin Seidel",
        "Felix Baumann", "Svenja Thiel", "Murat Yildiz", "Greta Hoffmann", "Tobias Renner",
    ),
}  # fmt: skip

WARM: dict[str, tuple[str, ...]] = {
    "en": (
        "Lovely to see this. Well done to everyone involved.",
        "This is exactly what I needed to hear today.",
        "We tried something similar with {topic} last year and it paid off.",
        "Great news! Passing it on to my team.",
        "More posts about {topic}, please.",
        "Saved for later, thank you.",
        "You make {topic} look easy. It isn't!",
        "My favourite post of the week.",
    ),
    "fr": (
        "Bravo à toute l'équipe, c'est une belle réussite.",
        "Merci pour ce partage, très inspirant.",
        "On a testé quelque chose de proche sur {topic}, et ça marche.",
        "Très bonne nouvelle ! Je transmets à mes collègues.",
        "Encore des publications sur {topic}, s'il vous plaît.",
        "Je garde ça sous le coude, merci.",
        "Clair et utile, comme toujours.",
    ),
    "de": (
        "Schön zu sehen, Glückwunsch an das ganze Team!",
        "Danke, genau das habe ich heute gebraucht.",
        "Bei {topic} haben wir letztes Jahr ähnliche Erfahrungen gemacht.",
        "Tolle Nachricht, leite ich gleich weiter.",
        "Gerne mehr Beiträge zu {topic}.",
        "Merke ich mir, vielen Dank.",
        "So verständlich erklärt es sonst kaum jemand.",
    ),
}
ASKING: dict[str, tuple[str, ...]] = {
    "en": (
        "Is there a date for {topic} yet?",
        "Does this also apply to existing customers?",
        "Where can I read more about {topic}?",
        "Will there be a recording?",
        "Do you ship this to Switzerland as well?",
        "Who is the right person to contact about {topic}?",
    ),
    "fr": (
        "Y a-t-il déjà une date pour {topic} ?",
        "Est-ce aussi valable pour les clients actuels ?",
        "Où peut-on en lire plus sur {topic} ?",
        "Y aura-t-il un enregistrement ?",
        "À qui faut-il écrire au sujet de {topic} ?",
    ),
    "de": (
        "Gibt es für {topic} schon einen Termin?",
        "Gilt das auch für Bestandskunden?",
        "Wo kann ich mehr über {topic} lesen?",
        "Wird es eine Aufzeichnung geben?",
        "An wen wende ich mich wegen {topic}?",
    ),
}
COOL: dict[str, tuple[str, ...]] = {
    "en": (
        "I have been waiting for an answer from your support for two weeks.",
        "Nice words, but the price went up again.",
        "Honestly, I expected more from {topic}.",
        "The link does not work on my phone.",
    ),
    "fr": (
        "J'attends une réponse de votre service client depuis deux semaines.",
        "De belles paroles, mais les prix augmentent encore.",
        "Franchement, j'attendais mieux de {topic}.",
        "Le lien ne fonctionne pas sur mon téléphone.",
    ),
    "de": (
        "Ich warte seit zwei Wochen auf eine Antwort vom Kundendienst.",
        "Schöne Worte, aber die Preise steigen schon wieder.",
        "Ehrlich gesagt hatte ich mir von {topic} mehr erhofft.",
        "Der Link funktioniert auf meinem Handy nicht.",
    ),
}
_HERE = {"en": "this", "fr": "ce sujet", "de": "dieses Thema"}
_STOPS = {
    "en": {"the", "and", "with", "you", "our", "for", "is", "are", "we", "this", "your", "of"},
    "fr": {"le", "la", "les", "des", "et", "nous", "vous", "une", "pour", "est", "dans", "avec"},
    "de": {"der", "die", "das", "und", "wir", "mit", "für", "ist", "ein", "eine", "nicht", "sie"},
}


def language_of(text: str, declared: str) -> str:
    """The language to answer in: the declared one where known, else the likeliest."""
    short = declared[:2].lower()
    if short in NAMES:
        return short
    words = re.findall(r"\w+", text.lower())
    return max(_STOPS, key=lambda code: sum(word in _STOPS[code] for word in words))


def topic_of(text: str, language: str, dice: Random) -> str:
    """A hashtag or a long word of the text, so that an answer speaks of the post."""
    tags = re.findall(r"#(\w{3,})", text)
    if tags:
        return "#" + str(dice.choice(tags))
    words = [
        w for w in re.findall(r"[^\W\d_]{6,}", re.sub(r"https?://\S+", " ", text)) if w[0].isupper()
    ]
    return str(dice.choice(words)) if words else _HERE[language]


def comment(text: str, language: str, dice: Random) -> tuple[str, str]:
    """(author's name, what they write)."""
    pool = dice.choices((WARM, ASKING, COOL), weights=(58, 30 if "?" not in text else 20, 12))[0]
    line = dice.choice(pool[language])
    return dice.choice(NAMES[language]), line.format(topic=topic_of(text, language, dice))
