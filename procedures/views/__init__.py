"""Pages about procedures: for everybody, and of the internal processes for those who keep them."""
