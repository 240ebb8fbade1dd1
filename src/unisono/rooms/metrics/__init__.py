"""Figures: samples as observed, daily roll-ups, and what they mean for objectives.

Announces watch.sampled. Knows publishing and all below it.
"""
