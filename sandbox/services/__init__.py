"""What can be done in the practice area."""
