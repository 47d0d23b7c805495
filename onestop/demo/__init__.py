"""Invented people and dossiers for trying the portal out; refused in production."""
