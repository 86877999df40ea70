"""How the speech models are measured."""
