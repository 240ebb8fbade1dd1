"""What colleagues wish for: intake links, requests, and the answer each was given.

Announces request.made, request.promised, request.refused, request.done. Knows people.
"""
