"""The loop: learning what a time is worth, and placing what waits for one. Pure so far."""
