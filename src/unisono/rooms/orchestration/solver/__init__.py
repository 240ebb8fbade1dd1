"""The plan optimiser: which content goes out on which channel, in which hour.

Pure Python and numpy: no Django, no database, no clock but the one that limits the work. The parts,
each usable alone:

- `model`: the problem and a plan, as arrays; `reading` and `writing`: the same as JSON
- `value`: what a plan is worth; `checker`: which rules it breaks, counted without the engine's help
- `greedy`, `prices` (a proven bound, and what each place costs the others), `search` (ruin and
  recreate), `exact` (HiGHS, on `parts` of the plan or on the `whole`): the engine, brought together
  by `solving`
- `replan`: a plan after something happened; `explain`: why a content is where it is; `conflicts`:
  the smallest set of rules that cannot hold together
"""
