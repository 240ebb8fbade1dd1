"""How many posts an experiment needs, before it starts.

Counts of like posts differ by a factor that is about log-normal; `spread` is the standard deviation
of its logarithm. For two equal groups the posts each of them needs follow from the smallest uplift
worth knowing (Lehr 1992; van Belle 2008, Statistical Rules of Thumb, ch. 2), with Guenther's (1981)
addition for a spread that has to be learnt on the way.

The false alarms an experiment may raise are shared out beforehand: `EARLY` for all looks on the
way together, `LAST` for the one at the planned end (a Bonferroni split). So one may look every day
and stop early on a strong answer, and pays for it with about 15 % more posts at the end.
"""

from __future__ import annotations

from math import ceil, expm1, inf, log1p, sqrt
from statistics import NormalDist

EARLY, LAST = 0.02, 0.03
ALARM = EARLY + LAST
POWER = 0.8
LEAST = 5
"""Posts each way, below which no range is worth the name."""

MOST = 5_000

NORMAL = NormalDist()
BOTH_SIDES = NORMAL.inv_cdf(1 - LAST / 2)
WANTED = BOTH_SIDES + NORMAL.inv_cdf(POWER)


def needed(spread: float, uplift: float) -> int:
    """Posts each way that show an uplift (0.25: a quarter more) in eight cases of ten."""
    posts = 2 * (WANTED * spread / log1p(uplift)) ** 2 + BOTH_SIDES**2 / 4
    return min(max(ceil(posts), LEAST), MOST)


def shows(posts: int, spread: float) -> float:
    """The uplift that so many posts each way show in eight cases of ten; infinite for too few."""
    own = posts - BOTH_SIDES**2 / 4
    return expm1(WANTED * spread * sqrt(2 / own)) if own > 0 else inf


def weeks(posts: int, a_week: float) -> int:
    """Whole weeks until twice so many posts are out, at so many a week; 0: never, at none."""
    return ceil(2 * posts / a_week) if a_week > 0 else 0
