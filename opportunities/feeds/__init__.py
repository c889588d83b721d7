"""What is open, for other places: feeds, a list to put on another site, and what search engines may know."""
