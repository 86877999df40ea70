"""Distillation: a teacher, its soft targets for texts, and the filter of the texts that it writes."""
