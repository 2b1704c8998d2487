"""The calls of the web API, a file to each subject; each says its own in ``HANDLERS``."""
