"""The doors: HTTP, analyst pages, command line."""
