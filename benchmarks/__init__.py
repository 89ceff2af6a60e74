"""Benchmarks for `script/bench`: ratios of the portal's speed to the fastest possible way.

A part is one module of `benchmarks.parts`. Its docstring says what it measures, and against which floor. Its
`prepare()` yields races and single figures. If it also needs a smaller database, `BESIDE` is the number of CAS in it.
The floors are in the benchmarks' own code, and nothing else imports them.
"""
