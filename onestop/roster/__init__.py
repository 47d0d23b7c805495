"""The duty roster on screens and on paper (docs/roster.md): whom the calendar and the roster of onestop.staff say is on duty.

No models: rows are written by onestop.staff.duty. What a page of dossiers says about today comes from `today`.
"""
