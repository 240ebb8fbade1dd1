"""What people write, heard as counts: which topics grow, and whether the mood turns.

Pure: scipy for the tails of distributions, no Django. Words are compared as they stand, lower case;
lists of words that say nothing (`words/*.stop`) and of words that say how somebody feels
(`words/*.mood`) are data, in English, French and German. People are counted, not messages, so
that one who writes much is one. Both tests share a stated budget of false alarms (`alarms`).
"""
