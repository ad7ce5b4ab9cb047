"""Whose a sample is: suggested, linked by hand or at once, undone, merged."""

import pytest

from commerce import merging
from commerce.models import Spelling
from samples.creators import doubles, erasure, linking, profiles
from samples.creators.handles import handle_of, platform_of
from samples.creators.suggestions import suggest_links, suggestions_for
from samples.models import (
    Creator,
    CreatorHandle,
    LinkSuggestion,
    Post,
    SampleFollowUp,
    SampleOrder,
)
from tests.commerce.factories import CustomerFactory
from tests.samples.creator_facts import (
    NOW,
    TODAY,
    make_code,
    make_creator,
    make_post,
    make_sample,
)
from tests.samples.stores import classify, order, settings, take

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.mark.parametrize(
    ("typed", "handle"),
    [
        ("@mia.daily", "mia.daily"),
        (" Mia_Daily ", "Mia_Daily"),
        ("https://www.tiktok.com/@mia?lang=en", "mia"),
        ("https://www.tiktok.com/@mia/video/7", "mia"),
        ("https://instagram.com/mia.daily/", "mia.daily"),
        ("https://www.youtube.com/c/MiaCooks", "MiaCooks"),
    ],
)
def test_a_handle_is_read_from_what_people_paste(typed, handle):
    assert handle_of(typed) == handle


@pytest.mark.parametrize("typed", ["", "@", "mia daily", "https://www.tiktok.com/", "a" * 101])
def test_what_is_no_handle_is_refused(typed):
    with pytest.raises(ValueError, match="is no handle"):
        handle_of(typed)


def test_the_platform_is_told_by_the_host_alone():
    links = [
        "https://vm.tiktok.com/x",
        "https://youtu.be/x",
        "https://faketiktok.com/instagram.com",
    ]

    assert [platform_of(link) for link in links] == ["tiktok", "youtube", "other"]


def test_suggestions_go_by_customer_email_phone_and_handle():
    by_customer = CustomerFactory(email="a@shop.test")
    by_email = CustomerFactory(email="Ben@Shop.test")
    by_phone = CustomerFactory(phone="+44 20 7946 0018", email="")
    by_handle = CustomerFactory(attributes={"tiktok_handle": "@Dora"})
    creators = [
        make_creator("A", customer=by_customer),
        make_creator("B", email="ben@shop.test"),
        make_creator("C", phone="0044-20-7946-0018".replace("00", "+", 1)),
        make_creator("D", tiktok="dora"),
    ]
    samples = [make_sample(customer=c) for c in (by_customer, by_email, by_phone, by_handle)]
    make_sample(customer=CustomerFactory())

    new, again = suggest_links(), suggest_links()

    rows = LinkSuggestion.objects.order_by("order")
    assert (new, again) == (4, 0)
    assert list(rows.values_list("order", "creator", "reason")) == [
        (samples[0].pk, creators[0].pk, "the same customer"),
        (samples[1].pk, creators[1].pk, "the same e-mail"),
        (samples[2].pk, creators[2].pk, "the same phone"),
        (samples[3].pk, creators[3].pk, "the same handle"),
    ]


def test_a_guests_address_and_an_order_tag_with_a_handle_suggest_too():
    mia, ben = make_creator(email="mia@shop.test"), make_creator("Ben", tiktok="ben.cooks")
    Spelling.objects.create(column="order.tags", key="@ben.cooks", value="@Ben.Cooks")
    guest = make_sample(email_key="mia@shop.test")
    tagged = make_sample(tags=["vip", "@Ben.Cooks"])

    assert suggestions_for(guest) == [(mia.pk, "the same e-mail")]
    assert suggestions_for(tagged) == [(ben.pk, "the same handle")]


def test_a_handle_of_another_platform_is_somebody_elses():
    mia, other = make_creator(), make_creator("Other")
    for creator, platform in ((mia, "tiktok"), (other, "instagram")):
        CreatorHandle.objects.create(
            creator=creator, platform=platform, handle="mia", handle_key="mia"
        )
    told = CustomerFactory(attributes={"instagram_handle": "@mia"})
    vague = CustomerFactory(attributes={"handle": "@mia"})

    assert suggestions_for(make_sample(customer=told)) == [(other.pk, "the same handle")]
    assert suggestions_for(make_sample(customer=vague)) == []


def test_what_was_declined_is_not_suggested_again():
    make_creator(email="mia@shop.test")
    make_sample(email_key="mia@shop.test")
    suggest_links()
    LinkSuggestion.objects.update(state="declined")

    assert suggest_links() == 0


def test_links_are_written_counted_and_undone():
    mia, ben = make_creator(), make_creator("Ben")
    first, second = make_sample(), make_sample(ben)
    post = make_post(order=first.order)

    batch = linking.link({first.pk: mia.pk, second.pk: mia.pk}, by=None, at=NOW)
    mia.refresh_from_db()
    linked = (mia.samples_count, mia.posts_count, mia.figures_on)
    count = linking.undo(batch.pk, by=None, at=NOW)

    for row in (mia, ben, post):
        row.refresh_from_db()
    assert linked == (2, 1, TODAY)
    assert count == 2
    assert dict(SampleOrder.objects.values_list("pk", "creator")) == {
        first.pk: None,
        second.pk: ben.pk,
    }
    assert (mia.samples_count, ben.samples_count) == (0, 1)
    assert dict(SampleFollowUp.objects.values_list("pk", "creator")) == {
        first.pk: None,
        second.pk: ben.pk,
    }
    with pytest.raises(linking.LinkRefused, match="undone already"):
        linking.undo(batch.pk, by=None, at=NOW)


def test_undoing_leaves_alone_what_was_changed_since():
    mia, ben = make_creator(), make_creator("Ben")
    sample = make_sample()
    batch = linking.link({sample.pk: mia.pk}, by=None, at=NOW)
    linking.link({sample.pk: ben.pk}, by=None, at=NOW)

    assert linking.undo(batch.pk, by=None, at=NOW) == 0
    assert SampleOrder.objects.get().creator_id == ben.pk


def test_undoing_leads_to_no_creator_who_was_deleted():
    mia, ben = make_creator(), make_creator("Ben")
    sample = make_sample(ben)
    batch = linking.link({sample.pk: mia.pk}, by=None, at=NOW)
    ben.delete()

    linking.undo(batch.pk, by=None, at=NOW)

    assert SampleOrder.objects.get().creator_id is None
    assert SampleFollowUp.objects.get().creator_id is None


def test_a_sample_linked_by_hand_is_suggested_to_nobody_else():
    make_creator(email="mia@shop.test")
    ben, sample = make_creator("Ben"), make_sample(email_key="mia@shop.test")
    suggest_links()

    batch = linking.link({sample.pk: ben.pk}, by=None, at=NOW)
    left = LinkSuggestion.objects.count()
    linking.undo(batch.pk, by=None, at=NOW)

    assert left == 0
    assert suggest_links() == 1


def test_linking_again_changes_nothing():
    mia = make_creator()
    sample = make_sample(mia)

    assert linking.link({sample.pk: mia.pk}, by=None, at=NOW) is None


def test_an_order_that_becomes_a_sample_again_is_its_creators_again():
    take(order("o1", tags=["ugc"]))
    mia = make_creator()
    linking.link({SampleOrder.objects.get().pk: mia.pk}, by=None, at=NOW)

    settings(ugc_tags=["gift"])
    classify()
    gone = SampleOrder.objects.count()
    settings(ugc_tags=["ugc"])
    classify()

    assert gone == 0
    assert SampleOrder.objects.get().creator_id == mia.pk


def test_two_creators_are_made_one_with_everything_of_theirs():
    mia, double = make_creator(notes="First."), make_creator("mia b", email="mia@shop.test")
    make_code(double)
    CreatorHandle.objects.create(creator=double, platform="tiktok", handle="m", handle_key="m")
    sample, post = make_sample(double), make_post(double, reach=10)

    doubles.merge_creators(survivor=mia.pk, absorbed=double.pk, by=None, at=NOW)

    for row in (mia, sample, post):
        row.refresh_from_db()
    assert list(Creator.objects.values_list("pk", flat=True)) == [mia.pk]
    assert (mia.name, mia.email, mia.notes) == ("Mia Berg", "mia@shop.test", "First.")
    assert (mia.samples_count, mia.posts_count, mia.reach) == (1, 1, 10)
    assert (sample.creator_id, post.creator_id) == (mia.pk, mia.pk)
    assert (mia.codes.count(), mia.handles.count()) == (1, 1)


def test_a_creator_is_not_merged_with_themselves():
    mia = make_creator()

    with pytest.raises(profiles.CreatorRefused, match="two different"):
        doubles.merge_creators(survivor=mia.pk, absorbed=mia.pk, by=None, at=NOW)
    assert Creator.objects.count() == 1


def test_creators_follow_a_merge_of_customers_and_its_undoing():
    kept, gone = CustomerFactory(), CustomerFactory()
    mia = make_creator(customer=gone)

    merge = merging.merge(survivor=kept.pk, absorbed=gone.pk, by=None, at=NOW)
    mia.refresh_from_db()
    merged = mia.customer_id
    merging.undo(merge.pk, by=None, at=NOW)

    mia.refresh_from_db()
    assert (merged, mia.customer_id) == (kept.pk, gone.pk)


def test_erasing_a_customer_erases_the_creator_and_the_parcels_link():
    customer = CustomerFactory()
    mia, ben = make_creator(customer=customer), make_creator("Ben")
    sample = make_sample(customer=customer)
    make_post(mia)
    linking.link({sample.pk: mia.pk}, by=None, at=NOW)
    SampleFollowUp.objects.update(tracking_url="https://carrier.test/1")

    count = erasure.erase([customer.pk], by=None)

    follow_up = SampleFollowUp.objects.get()
    assert count == 1
    assert list(Creator.objects.all()) == [ben]
    assert SampleOrder.objects.get().creator_id is None
    assert (follow_up.creator_id, follow_up.tracking_url) == (None, "")
    assert not Post.objects.exists()


def test_no_two_creators_share_a_handle():
    make_creator(tiktok="mia")

    with pytest.raises(profiles.CreatorRefused, match="one of these handles"):
        profiles.save(Creator(name="Ben"), handles={"tiktok": ["MIA"]}, by=None, at=NOW)
    assert Creator.objects.count() == 1


def test_handles_are_replaced_as_a_whole():
    mia = make_creator(tiktok="old")

    profiles.save(mia, handles={"tiktok": ["New"], "instagram": ["mia"]}, by=None, at=NOW)

    handles = mia.handles.order_by("platform").values_list("platform", "handle", "handle_key")
    assert list(handles) == [("instagram", "mia", "mia"), ("tiktok", "New", "new")]
