"""The plan as a file, and as a calendar for other programs.

Owns calendar links. Announces calendar_link.*. Knows people, plan, channels, library, content and
publishing.
"""
