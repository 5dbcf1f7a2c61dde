"""Bytes in, documents out: one module per format, chosen by what the bytes are.

`indexer.readers.reading` is the door (`sniff`, `read`, `rows`, `members`); this file imports
nothing, so that looking at one format never loads the libraries of another.
"""
