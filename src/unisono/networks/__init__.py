"""The networks Unisono speaks to: one folder each, pure Python, nothing of Django.

Owns all knowledge of one network: its protocol, limits, length rule, preview, icon, and how a
second post is avoided. Announces nothing; it answers with values (see `contract`). May know only
the kernel's pure modules. No network's name appears outside its own folder.
"""
