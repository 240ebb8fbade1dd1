"""What people write back: conversations and their messages.

Announces conversation.opened, conversation.closed, message.received. Knows publishing and below.
"""
