"""The scope fuzzer: random offices, everybody's account, every address; nobody reads what is not
theirs.
"""
