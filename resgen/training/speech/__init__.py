"""How the speech models are trained."""
