"""Sequences of whatever people try, and a model of its own that says what comes of each.

The model shares no code with the portal, which has to agree with it.
"""
