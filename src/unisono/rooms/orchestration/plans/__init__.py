"""Plans: where all of some weeks' posts would best go out, as moves that people accept or leave.

`facts` reads rows, `posing` makes a solver's problem of them and `checking` holds a result against
the house rules themselves; `solving` brings them together, `telling` makes moves of it. The verbs
are `actions` (asked, redrawn, dropped), `working` (by the worker) and `taking` (accepted, undone).
"""
