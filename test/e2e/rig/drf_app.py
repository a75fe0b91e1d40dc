"""A Django REST framework application in one file: iso-codes in each of its pagination styles.

    /page/<set>/     PageNumberPagination     ?page= &page_size=
    /offset/<set>/   LimitOffsetPagination    ?limit= &offset=
    /cursor/<set>/   CursorPagination         ?cursor=
    /throttled/<set>/  as /page/, but at most 10 requests a second: 429 with Retry-After
    /delayed/<set>/    as /page/, 50 ms later
    /peak/           how many requests to /delayed/ were being answered at once, at most, since this was last asked

Served by gunicorn (`rig.drf_app:application`) with one process, whose database file is $DRF_DATABASE.
"""

import os
import threading
import time

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="of a test",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DRF_DATABASE"]}},
    INSTALLED_APPS=["rest_framework"],
    USE_TZ=True,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_THROTTLE_RATES": {"anon": "10/second"},
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  Django must be configured before these
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, pagination, serializers, throttling  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402

from rig import data  # noqa: E402


class Row(models.Model):
    dataset = models.CharField(max_length=20, db_index=True)
    body = models.JSONField()

    class Meta:
        app_label = "rig"


class RowSerializer(serializers.BaseSerializer):
    def to_representation(self, instance):
        return instance.body


class ByPage(pagination.PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"


class ByOffset(pagination.LimitOffsetPagination):
    default_limit = 50


class ByCursor(pagination.CursorPagination):
    page_size = 50
    ordering = "id"


class Rows(generics.ListAPIView):
    serializer_class = RowSerializer

    def get_queryset(self):
        return Row.objects.filter(dataset=self.kwargs["dataset"]).order_by("id")


class Peak:
    """How many are inside at once, at most."""

    def __init__(self):
        self.lock = threading.Lock()
        self.inside = self.most = 0

    def __enter__(self):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def __exit__(self, *_):
        with self.lock:
            self.inside -= 1

    def take(self) -> int:
        with self.lock:
            most, self.most = self.most, self.inside
            return most


peak = Peak()


class DelayedRows(Rows):
    pagination_class = ByPage

    def get(self, request, *args, **kwargs):
        with peak:
            time.sleep(0.05)
            return super().get(request, *args, **kwargs)


@api_view()
def take_peak(request):
    return Response({"peak": peak.take()})


urlpatterns = [
    path("page/<dataset>/", Rows.as_view(pagination_class=ByPage)),
    path("offset/<dataset>/", Rows.as_view(pagination_class=ByOffset)),
    path("cursor/<dataset>/", Rows.as_view(pagination_class=ByCursor)),
    path("throttled/<dataset>/",
         Rows.as_view(pagination_class=ByPage, throttle_classes=[throttling.AnonRateThrottle])),
    path("delayed/<dataset>/", DelayedRows.as_view()),
    path("peak/", take_peak),
]


def fill() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Row)
    for name, rows in (("subdivisions", data.subdivisions()), ("languages", data.languages())):
        Row.objects.bulk_create((Row(dataset=name, body=row) for row in rows), batch_size=400)
    connection.close()


fill()
application = get_wsgi_application()
