"""Who is told what. Every failure reaches a person. Knows all rooms; no room knows it."""
