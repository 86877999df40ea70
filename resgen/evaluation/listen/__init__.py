"""How well the recogniser hears."""
