"""Volume by price: profile, value area, nodes, footprint, imbalances, impulse legs."""
