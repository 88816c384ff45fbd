"""A copy of the whole portal in one file of neither engine, and the way back from it.

The file is a tar of JSON lines and uploads with its own list of sums, packed by gzip and, when a
key is given, encrypted by age. See ``docs/operations.md`` for how an office uses it.
"""
