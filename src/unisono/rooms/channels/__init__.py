"""Connected accounts: one Channel is one account on one network.

Announces channel.connected, channel.needs_sign_in, channel.expiring,
channel.disconnected, channel.rules_set. Knows people and networks.
"""
