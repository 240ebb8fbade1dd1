"""The HTML doors. A family is a folder: urls (with their access), views, forms, templates.

A view parses, makes one call to a room, and answers. It never decides a rule.
"""
