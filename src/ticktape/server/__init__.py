"""The web API, the WebSocket hub and the built viewer."""
