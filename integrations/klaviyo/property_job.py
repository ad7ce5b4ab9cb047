"""The nightly pass that sends scores, after they were calculated."""

from datetime import time

from integrations.klaviyo import properties
from integrations.klaviyo.connecting import PROVIDER, Standing
from integrations.klaviyo.opening import account_here, open_client
from integrations.sync import Counts, follow
from tenants import jobs
from tenants.runs import RunHandle

KEY = "klaviyo_properties"
HOURS = 3_600


def send(handle: RunHandle) -> Counts:
    """Send the properties of whoever differs; nothing without an account or a chosen property."""
    account = account_here()
    if account is None or not account.is_connected:
        return {}

    def work(counts: Counts) -> Counts:
        with open_client(account) as client:
            done = properties.send_all(client, account, progress=handle)
        for name, count in done.items():
            counts[name] = int(counts.get(name, 0)) + count
        return counts

    return follow(handle, work, connection=Standing(account))


jobs.register(
    jobs.Job(
        key=KEY,
        label="Send scores to Klaviyo",
        run=send,
        queue="sync",
        cadence=jobs.Cadence.DAILY,
        at=time(4, 30),
        run_seconds=6 * HOURS,
        account=PROVIDER,
        help="RFM segment, scores and stage become properties of profiles. Only who changed.",
    )
)
