"""What is noticed and what is proposed: signals, proposals, and what came of them.

Announces signal.open, signal.over, proposal.offered, proposal.accepted, proposal.declined,
proposal.expired, proposal.undone, proposal.judged, mandate.given, mandate.ended, post.locked,
post.unlocked, plan.asked, plan.working, plan.ready, plan.taken, plan.failed, plan.dropped,
plan_move.taken, plan_move.undone. Knows metrics, engagement and all below them. Its pure parts
(`audience`, `solver`) know nothing of Django.
"""
