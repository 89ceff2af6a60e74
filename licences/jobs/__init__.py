"""Run long work in the background, in pieces, on any backend of Django's Tasks API (docs/decisions, 21).

`kinds` says which jobs there are, `queue` when a piece may enter the queue, `runs` does one piece, `engine` is the
backend, and `verbs` are what users and caseworkers do with a job.
"""
