"""The report of what became of campaigns."""

from integrations.sandbox.klaviyo.calls import REPORTS, Call, Reply, link, operation
from integrations.sandbox.klaviyo.problems import invalid
from integrations.sandbox.klaviyo.reading import check_type


@operation(
    "POST", "/campaign-values-reports", "query_campaign_values", REPORTS, "campaigns:read",
    params="page_cursor fields[campaign-values-report]",
)  # fmt: skip
def query_campaign_values(call: Call) -> Reply:
    check_type(call.data, "campaign-values-report")
    given = call.attributes
    if given.get("conversion_metric_id") not in call.account.metrics:
        raise invalid("Unknown conversion metric.", pointer="/data/attributes/conversion_metric_id")
    rows = [
        {
            "groupings": {name: row.get(name, "") for name in given["group_by"]},
            "statistics": {name: row.get(name, 0.0) for name in given["statistics"]},
        }
        for row in call.account.results
    ]
    one = {
        "type": "campaign-values-report",
        "id": "report",
        "attributes": {"results": rows},
        "relationships": {"campaigns": {"data": []}},
        "links": link("campaign-values-reports"),
    }
    return Reply({"data": one, "links": {"self": link("campaign-values-reports")["self"],
                                         "next": None, "prev": None}})  # fmt: skip
