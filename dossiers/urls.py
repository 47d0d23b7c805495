"""Addresses of the dossiers: public look-up, the desk, the dossier and its acts."""
from django.urls import path

from dossiers.views import reception

app_name = "dossiers"
urlpatterns = [
    path("quay/tiep-nhan/", reception.intake, name="intake"),
    path("quay/tiep-nhan/nhap/", reception.autosave, name="autosave"),
    path("quay/da-tiep-nhan/<code>/", reception.received, name="received"),
    path("quay/phieu/<int:pk>/", reception.slip, name="slip"),
    path("quay/phieu/<int:pk>/tep/", reception.slip_file, name="slip_file"),
]
