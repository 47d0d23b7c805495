"""Pages of the accounts: coming and going, and the people of an agency."""
