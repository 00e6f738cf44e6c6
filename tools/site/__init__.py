"""The documentation site, built from the repository: `make site`."""
