"""Distillation: a teacher, what it tells of texts, and which of its own texts are fit to learn from."""
