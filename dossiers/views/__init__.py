"""Pages of the dossiers, one module for each desk that they serve."""
