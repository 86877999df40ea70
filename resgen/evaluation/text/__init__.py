"""How the text models are measured."""
