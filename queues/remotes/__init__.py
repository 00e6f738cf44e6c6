"""Mail accounts and ticketing systems: their settings, and what keeps each in step with the desk."""
