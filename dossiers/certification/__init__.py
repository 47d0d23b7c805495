"""Certification (chứng thực): kinds, catalogue, fees, books, and what a session holds.

Pure modules first (kinds, catalogue, fees, books, clauses), then what asks the database
(session, requirements, promising, settings, counting). The acts are in dossiers/lifecycle.
"""
