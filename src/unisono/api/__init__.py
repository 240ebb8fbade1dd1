"""The programs' door: `/api/v1`, typed, with bearer tokens; same verbs and checks as the screens."""
