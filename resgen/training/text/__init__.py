"""How the text models are trained."""
