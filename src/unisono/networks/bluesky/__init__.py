"""Bluesky: an account on its own server (PDS), read through an AppView."""
