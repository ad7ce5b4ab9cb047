"""Recency, frequency, monetary: methods, maps, the run that writes the scores and what is read from
them.
"""
