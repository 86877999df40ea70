"""What clients reach beside the page: routes in the shape of OpenAI's, and what guards all routes."""
