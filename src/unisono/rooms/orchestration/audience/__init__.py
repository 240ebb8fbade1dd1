"""When people listen: what a post earns by channel, hour of the week and format, learnt.

Pure: numpy and scipy, no Django. Samples (`samples`) of posts of one organization become a belief
(`learning.learn`) about each channel, in logarithms of a count, with its uncertainty:

    log response = level + β · what is known beforehand + network's deviation + channel's deviation

What is known beforehand is in `prior`, the two deviations are Gaussian processes over the hour of
the week (`week`), and `response` reckons all channels of a network at once. Counts are corrected
for their age (`aging`) and the channel's own posts just before (`fatigue`); old ones fade, and
faster when the audience has moved (`shifts`). `policy` chooses hours, with a share of trials
that is bounded and marked; `judgement` says when a time is really better; `signals` says when a
post does unlike its like. Nothing here shows a raw maximum: values are shrunk and have a range.
"""
