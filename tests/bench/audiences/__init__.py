"""A world of pretend audiences, and those who try to find out when to speak to them."""
