"""Addresses of the working calendar, for those who keep it."""
from django.urls import path

from onestop.worktime.views import days, hours

app_name = "worktime"
urlpatterns = [
    path("quan-tri/lich-nghi/", days.days, name="days"),
    path("quan-tri/lich-nghi/them/<viec>/", days.propose, name="propose"),
    path("quan-tri/lich-nghi/chung/<int:pk>/", days.common_day, name="common_day"),
    path("quan-tri/lich-nghi/rieng/<int:pk>/", days.local_day, name="local_day"),
    path("quan-tri/lich-nghi/nam/<int:year>/", days.confirm_year, name="confirm_year"),
    path("quan-tri/gio-lam-viec/", hours.hours, name="hours"),
]
