"""From logits to tokens: what may come, what repeats, what is out of place, and the draw."""
