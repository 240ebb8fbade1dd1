"""Why we speak, and to whom: objectives, campaigns, audiences and key dates.

Announces objective.set, objective.changed, campaign.opened, campaign.changed, campaign.archived,
campaign.restored, campaign.noted, audience.described, audience.changed, audience.archived,
audience.restored, campaign_template.kept, campaign_template.removed, key_date.set,
key_date.changed, key_date.removed. Knows people, channels and networks.
"""
