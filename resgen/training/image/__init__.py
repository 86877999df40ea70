"""How the image models are trained."""
