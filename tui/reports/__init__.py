"""Reports: tables, plots, pages, and the tickets behind each figure."""
