"""What an operator learns of one web process: its access log, metrics and memory.

It is below all other parts of `web`: they note here what they did.
"""
