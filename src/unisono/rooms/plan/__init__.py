"""Why we speak: objectives, campaigns and key dates.

Announces objective.set, objective.changed, campaign.opened, campaign.changed, key_date.set,
key_date.changed, key_date.removed. Knows people.
"""
