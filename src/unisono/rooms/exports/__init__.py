"""The plan as a file, as a calendar for other programs, and as views that people keep.

Owns calendar links and saved views. Announces calendar_link.* and saved_view.*. Knows people, plan,
channels, library, content and publishing.
"""
