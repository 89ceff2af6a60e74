"""The kinds of request that a sponsor makes to the Home Office, and the verbs that make and decide them.

Requests over HTTP are in `licences.requests`.
"""
