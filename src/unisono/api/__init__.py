"""The programs' door: `/api/v1`, typed, with bearer tokens. Same verbs, same checks as the screens."""
