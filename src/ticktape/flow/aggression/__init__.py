"""Who was the aggressor, and when that changed: windows, bubbles, sweeps, CVD, divergence."""
