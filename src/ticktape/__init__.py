"""ticktape: record, replay, stream, show and analyse the market tape in one format."""

__version__ = "0.1.0"
