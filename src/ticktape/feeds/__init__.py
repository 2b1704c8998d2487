"""Where tapes come from: files replayed, the simulated exchange, Databento live and historical."""
