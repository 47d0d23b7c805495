"""Addresses of the dossiers: public look-up, the desk, the dossier and its acts."""
from django.urls import path

from dossiers.views import dossier, papers, reception, register

app_name = "dossiers"
urlpatterns = [
    path("quay/tiep-nhan/", reception.intake, name="intake"),
    path("quay/tiep-nhan/nhap/", reception.autosave, name="autosave"),
    path("quay/da-tiep-nhan/<code>/", reception.received, name="received"),
    path("quay/phieu/<int:pk>/", reception.slip, name="slip"),
    path("quay/phieu/<int:pk>/tep/", reception.slip_file, name="slip_file"),
    path("ho-so/", register.dossier_list, name="list"),
    path("ho-so/<code>/", dossier.detail, name="detail"),
    path("ho-so/<code>/hien-so/", dossier.reveal, name="reveal"),
    path("ho-so/<code>/nhat-ky/", dossier.log, name="log"),
    path("ho-so/<code>/in/<mau>/", papers.paper, name="paper"),
    path("ho-so/<code>/du-thao/<int:version>/", papers.draft_file, name="draft_file"),
]
