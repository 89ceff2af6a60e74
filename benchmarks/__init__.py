"""How fast the portal is, as ratios to the least that is possible and to the usual way: `script/bench`.

A part is one module of `benchmarks.parts`. Its docstring says what it measures, against which floor and which usual
way; its `prepare(database)` gives the races that are run, or single figures; `NEEDS_ROWS` says whether it wants the
big database. The floors and the usual ways are in the benchmark's own code, and nothing else imports them.
"""
