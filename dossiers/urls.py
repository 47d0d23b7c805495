"""Addresses of the dossiers: public look-up, the desk, the dossier and its acts."""
from django.urls import path

from dossiers.views import desk, dossier, handing_back, papers, processing, public, reception, register, signing

app_name = "dossiers"
urlpatterns = [
    path("tra-cuu/", public.find, name="lookup"),
    path("tra-cuu/ket-qua/", public.status, name="status"),
    path("tc/<token>/", public.token, name="token"),
    path("quay/", desk.desk, name="desk"),
    path("quay/ban-giao/", desk.hand_over_many, name="hand_over_many"),
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
    path("ho-so/<code>/ban-giao/", processing.hand_over, name="hand_over"),
    path("ho-so/<code>/nhan/", processing.take_over, name="take_over"),
    path("ho-so/<code>/trinh-ky/", processing.submit, name="submit"),
    path("ho-so/<code>/phat-hanh/", signing.issue, name="issue"),
    path("ho-so/<code>/tra/", handing_back.give_back, name="give_back"),
    path("ho-so/<code>/nhan-lai-sua/", handing_back.correct, name="correct"),
    path("ho-so/<code>/sua/", handing_back.amend, name="amend"),
    path("ho-so/<code>/huy/", handing_back.void, name="void"),
    path("ho-so/<code>/cap-lai-giay/", handing_back.new_secret, name="new_secret"),
    path("xu-ly/", processing.work_list, name="work"),
    path("ky-duyet/", signing.sign_queue, name="sign_queue"),
    path("ky-duyet/<code>/", signing.sign, name="sign"),
]
