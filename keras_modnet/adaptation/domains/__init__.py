"""Domains of one task: several labelled ones, and one without labels."""
