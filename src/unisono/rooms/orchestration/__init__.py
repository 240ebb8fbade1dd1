"""Orchestration: what is proposed for the plan, and why.

Its `solver` is pure: it can be imported, and run from the command line, without Django.
"""
