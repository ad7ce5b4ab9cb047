"""A client that we did not write, Klaviyo's own, gets along with the sandbox."""

from urllib.parse import parse_qs, urlsplit

import pytest
from klaviyo_api import KlaviyoAPI

from tests.integrations.klaviyo.conftest import KEY


@pytest.fixture
def sdk(klaviyo) -> KlaviyoAPI:
    return KlaviyoAPI(KEY, max_retries=0, test_host=klaviyo.origin)


def test_the_official_client_makes_a_list_fills_it_and_reads_it(sdk, klaviyo, account):
    made = sdk.Lists.create_list({"data": {"type": "list", "attributes": {"name": "Champions"}}})
    list_id = made.data.id
    rows = [{"type": "profile", "attributes": {"email": f"p{n}@example.com"}} for n in range(25)]
    job = sdk.Profiles.bulk_import_profiles(
        {
            "data": {
                "type": "profile-bulk-import-job",
                "attributes": {"profiles": {"data": rows}},
                "relationships": {"lists": {"data": [{"type": "list", "id": list_id}]}},
            }
        }
    )
    klaviyo.clock.advance(10)

    status = sdk.Profiles.get_bulk_import_profiles_job(job.data.id)
    first = sdk.Lists.get_profiles_for_list(list_id, page_size=20)
    cursor = parse_qs(urlsplit(first.links.next).query)["page[cursor]"][0]
    rest = sdk.Lists.get_profiles_for_list(list_id, page_cursor=cursor)

    assert status.data.attributes.status == "complete"
    assert (len(first.data), len(rest.data)) == (20, 5)
    assert sdk.Accounts.get_accounts().data[0].id == account.id


def test_the_official_client_takes_people_out_and_sends_events(sdk, account, klaviyo):
    group = klaviyo.make_list(account, "Champions")
    profile, _ = account.upsert({"email": "a@example.com"})
    account.join(group, profile.id)
    event = {
        "properties": {"segment_name": "Champions"},
        "metric": {"data": {"type": "metric", "attributes": {"name": "Left Segment"}}},
        "profile": {"data": {"type": "profile", "attributes": {"email": "a@example.com"}}},
    }

    sdk.Lists.remove_profiles_from_list(group.id, {"data": [{"type": "profile", "id": profile.id}]})
    sdk.Events.create_event({"data": {"type": "event", "attributes": event}})

    assert group.members == {}
    assert [one.profile for one in account.events] == [profile.id]
