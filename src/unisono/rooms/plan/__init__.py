"""Why we speak: objectives and campaigns.

Announces objective.set, objective.changed, campaign.opened, campaign.changed. Knows people.
"""
