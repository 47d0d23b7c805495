"""The product's addresses, and the two peers: an empty public page and the Django admin of dossiers."""
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.peers import site
from onestop import urls as product

HELLO = "/bench/xin-chao/"
ADMIN_LIST = "/bench/admin/dossiers/dossier/"


@login_not_required
def hello(request: HttpRequest) -> HttpResponse:
    """The least that a public page can be behind the product's middleware."""
    return HttpResponse("Xin chào")


urlpatterns = [
    path("bench/xin-chao/", hello),
    path("bench/admin/", site.urls),
    *product.urlpatterns,
]
handler400 = product.handler400
handler403 = product.handler403
handler404 = product.handler404
handler500 = product.handler500
