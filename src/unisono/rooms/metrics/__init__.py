"""Figures: samples as observed, daily roll-ups, and what they mean for objectives.

Announces watch.sampled. Knows engagement and all below it.
"""
