"""The statistics of experiments, pure: how many posts are needed, which goes where, what it shows.

What is compared are logarithms of counts, so that a difference is a ratio: 1.3 for 1.3 times as
many. `sample` plans, `drawing` draws, `sequence` judges, and a `finding` is what may be said.
"""
