"""All addresses (docs/forms.md says what each takes and who may)."""
from django.urls import include, path

from onestop import audit, health, views

urlpatterns: list = [
    path("", views.home, name="home"),
    path("hien-thi/", views.choose_display, name="display"),
    path("tro-giup/", views.help_page, name="help"),
    path("tro-giup/phim-tat/", views.shortcuts, name="shortcuts"),
    path("tiep-can/", views.accessibility, name="accessibility"),
    path("quyen-rieng-tu/", views.privacy, name="privacy"),
    path("suc-khoe/", health.health_page, name="health"),
    path("kiem-tra-lich-su/", audit.audit, name="audit"),
    path("", include("onestop.staff.urls")),
    path("", include("onestop.worktime.urls")),
    path("", include("onestop.roster.urls")),
    path("", include("dossiers.urls")),
    path("thu-tuc/", include("procedures.urls")),
    path("quan-tri/quy-trinh/", include("procedures.workflow_urls")),
    path("danh-gia/", include("surveys.urls")),
]

handler400 = "onestop.views.bad_request"
handler403 = "onestop.staff.access.refused"
handler404 = "onestop.views.not_found"
handler500 = "onestop.views.server_error"
