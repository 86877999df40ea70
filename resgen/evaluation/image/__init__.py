"""How the image models are measured."""
