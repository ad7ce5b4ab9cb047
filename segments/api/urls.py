"""The addresses of this floor below /api/v1/."""

from django.urls import path

from segments.api import refusals  # noqa: F401  # says how this floor's errors are answered
from segments.api.counting import SegmentPreview, SegmentRefreshNow, SegmentRun
from segments.api.customers import CustomerExplain, CustomerSegments
from segments.api.history import SegmentHistory
from segments.api.language import SegmentCatalogue
from segments.api.members import SegmentMembers
from segments.api.rfm import RfmCalculate, RfmFigures
from segments.api.segments import SegmentList, SegmentOne

urlpatterns = [
    path("segments/", SegmentList.as_view(), name="segments"),
    path("segments/preview/", SegmentPreview.as_view(), name="segment_preview"),
    path("segments/catalogue/", SegmentCatalogue.as_view(), name="segment_catalogue"),
    path("segments/rfm/", RfmFigures.as_view(), name="rfm"),
    path("segments/rfm/calculate/", RfmCalculate.as_view(), name="rfm_calculate"),
    path("segments/runs/<int:run>/", SegmentRun.as_view(), name="segment_run"),
    path("segments/<str:segment>/", SegmentOne.as_view(), name="segment"),
    path("segments/<str:segment>/customers/", SegmentMembers.as_view(), name="segment_customers"),
    path("segments/<str:segment>/history/", SegmentHistory.as_view(), name="segment_history"),
    path("segments/<str:segment>/refresh/", SegmentRefreshNow.as_view(), name="segment_refresh"),
    # An id of a source may hold slashes: gid://shopify/Customer/1
    path(
        "customers/<path:customer>/segments/", CustomerSegments.as_view(), name="customer_segments"
    ),
    path("customers/<path:customer>/explain/", CustomerExplain.as_view(), name="customer_explain"),
]
