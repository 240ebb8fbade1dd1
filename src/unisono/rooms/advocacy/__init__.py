"""Share kits: what colleagues may share with their own accounts, by hand.

Owns kits, their texts, tracked links and visits, invites of colleagues without an account, and what
colleagues did with a kit. Announces kit.made, kit.changed, kit.open, kit.closed, kit.sent,
kit_invite.made, kit_invite.revoked. Knows people, library, plan, channels, content, workflow and
publishing. No account of a colleague is ever connected, and no text is written here: a kit holds
revisions that were agreed to.
"""
