"""Starters of the servers the adapters are proved against: ours, and ones nobody here wrote."""
