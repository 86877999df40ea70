"""Stories made of stories: other names, other things."""
