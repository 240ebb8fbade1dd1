"""Automation: rules of a department, which do by themselves what a person would do each time.

Owns rules, their runs and the steps of those. Announces rule.made, rule.changed, rule.on, rule.off,
rule.paused, rule.removed, rule.ran, rule.told. Knows every room up to orchestration. A rule acts
with the rights of whoever answers for it, as they are when it runs; it approves nothing and
overrides nothing.
"""
