"""Order books by order (L3) and by price (L2), what derives from them, and their audit."""
