"""Searches of an ordering over frozen blocks."""
