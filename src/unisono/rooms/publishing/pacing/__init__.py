"""Whether a time on a channel keeps to its house rules, and which other times would.

`lane` and `ways` are pure: values in, values out, one implementation for all who ask (the verbs,
the pages, whoever plans by itself). `queries` reads what they need, `asking` stops a verb.
"""
