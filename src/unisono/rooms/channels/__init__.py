"""Connected accounts: one Channel is one account on one network.

Announces channel.connected, channel.needs_sign_in, channel.expiring,
channel.disconnected. Knows people and networks.
"""
