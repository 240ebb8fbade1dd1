"""The publication ledger: what goes out where and when, each try, and the proof.

Announces publication.scheduled, .publishing, .published, .failed, .unknown, .held, .cancelled,
.late, variant.unscheduled, variant.overridden, variant.missed, hold.placed,
hold.lifted. Knows workflow and all below.
"""
