"""Editorial calendars from files, turned into campaigns and draft posts.

Owns import runs and the rows they made. Announces import.uploaded, import.mapped, import_run.*
and, for open pages only, import.progress. Knows people, plan, channels, library, content and
publishing.
"""
