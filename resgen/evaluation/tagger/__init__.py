"""Figures of the tagger."""
