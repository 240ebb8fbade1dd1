"""The door for programs: `/api/v1`, typed, with bearer tokens; same verbs, same checks."""
