"""Django's admin as one would set it up for the register: the same columns, filters, order and page size.

Names of procedure and holder are joined (`list_select_related`), so that the register is not measured
against a query for each row. Everything else is as the admin does it by itself, for a person who may do all.
"""
from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest

from dossiers.listing import PAGE_SIZE
from dossiers.models import Dossier


class BenchSite(AdminSite):
    """Open to whoever is logged in: the product's accounts know no staff flag and no permissions of the admin."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active


class DossierAdmin(ModelAdmin):
    list_display = ("code", "applicant_name", "procedure", "received_at", "due_at", "status", "overdue_since", "holder")
    list_select_related = ("procedure", "holder")
    list_filter = ("status", "received_at", "procedure__sector")
    list_per_page = PAGE_SIZE
    search_fields = ("code", "applicant_name")
    ordering = ("-received_at", "-id")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def _allowed(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = _allowed


site = BenchSite(name="admin")
site.register(Dossier, DossierAdmin)
