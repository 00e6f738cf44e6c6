"""Keys and seconds that work takes, and what would save some of them."""
