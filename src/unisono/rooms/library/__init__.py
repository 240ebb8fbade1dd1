"""Media files with alt text and rights, and their derived forms.

Announces asset.added, asset.changed, asset.retired. Knows people.
"""
