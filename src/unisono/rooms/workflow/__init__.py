"""Agreement and work: approval requests bound to immutable revisions, decisions, comments; tasks,
the plans they follow from, and who is away.

Announces approval_request.open, .approved, .changes_asked, .withdrawn, comment.written,
task.added, .assigned, .freed, .due_tomorrow, .overdue and its states, absence.noted, .taken_back,
work_plan.set. Knows content and all below it.
"""
