"""Addresses of the duty roster."""

from django.urls import path

from onestop.roster import absences, public, views

app_name = "roster"
urlpatterns = [
    path("lich-truc/", public.roster, name="public"),
    path("truc/", views.week, name="week"),
    path("truc/chep-tuan-truoc/", views.copy, name="copy"),
    path("truc/nghi/", absences.absences, name="absences"),
    path("truc/nghi/<int:pk>/tro-lai/", absences.come_back, name="come_back"),
    path("truc/quy-che/", views.rules, name="rules"),
    path("truc/bang-cham/<str:period>/", views.sheet, name="sheet"),
    path("truc/bang-cham/<str:period>/in/", views.sheet_print, name="sheet_print"),
    path("truc/<str:day>/<str:half>/", views.session, name="session"),
    path("truc/<str:day>/<str:half>/co-mat/", views.check_in, name="check_in"),
]
