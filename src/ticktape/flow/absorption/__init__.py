"""Where aggression was taken up: absorption, icebergs, pulling and stacking at the touch."""
