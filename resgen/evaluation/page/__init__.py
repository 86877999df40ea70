"""What a visitor of the page sees and waits for."""
