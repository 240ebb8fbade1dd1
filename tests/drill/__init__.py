"""`make drill`: break things on purpose, and count what reached the network.

A real PostgreSQL that keeps its promises, real worker processes, and the pretend network with its
fault switches, whose own record is the truth. Each row is a fault at a moment, for every way a
network can (or cannot) tell a second post from the first; its number is that of the fault matrix.
Leases and pauses are ten times shorter than in life. The last line is one JSON object.
"""
