"""What a sponsor asks of the Home Office: the kinds of request, and the verbs that make and decide them.

Requests over HTTP are in `licences.requests`.
"""
