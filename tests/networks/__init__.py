"""The networks, each proved by the same contract."""
