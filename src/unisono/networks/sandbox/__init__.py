"""The pretend network: a real adapter over HTTP, and the server it speaks to.

For demos, tests and first steps: nobody needs an account anywhere, and the audience reacts.
"""
