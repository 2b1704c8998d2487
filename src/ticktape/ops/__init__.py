"""Running the house: configuration, logging, metrics, compiled kernels."""
