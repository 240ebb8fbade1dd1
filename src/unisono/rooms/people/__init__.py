"""Who: organizations, departments, members, roles, invitations and API tokens.

Announces organization.founded, department.opened, member.joined, member.roles_changed,
member.suspended, invitation.sent, token.issued. Knows the kernel alone.
"""
