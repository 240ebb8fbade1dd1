"""What colleagues wish for: intake links, requests, and the answer each was given.

Announces request.made, request.promised, request.put_off, request.refused, request.asked_back,
request.answered, request.done. Knows people and the library, whose store keeps the files.
"""
