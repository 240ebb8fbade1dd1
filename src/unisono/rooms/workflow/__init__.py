"""Agreement: approval requests bound to immutable revisions, decisions, and comments.

Announces approval_request.open, .approved, .changes_asked, .withdrawn, comment.written.
Knows content and all below it.
"""
