"""Experiments: one question to one channel, answered by chance, patience and a stated risk.

Owns experiments with their two arms, the posts that try them, and what was found. Announces
experiment.planned, experiment.running, experiment.done, experiment.stopped, trial.assigned,
trial.judged, trial.left. Knows orchestration and all below it. Its pure part (`statistics`) knows
nothing of Django.
"""
