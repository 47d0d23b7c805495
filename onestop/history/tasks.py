"""Jobs of the history; each may run twice, late or in parallel."""
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from onestop.history.access import join_to_chain
from onestop.history.checks import check_all
from onestop.history.seals import chains_without_seal, seal_all


@shared_task(name="history.chain_access")
def chain_access(now: str | None = None) -> str:
    """Join the new access entries to the chain."""
    return f"{join_to_chain(_moment(now))} access entries joined to the chain"


@shared_task(name="history.seal")
def seal(now: str | None = None) -> str:
    """Seal the chains for the day that ends or has ended."""
    moment = _moment(now)
    made = seal_all(moment)
    left = len(chains_without_seal(moment))
    return f"{made} chains sealed" + (f", {left} could not be sealed" if left else "")


@shared_task(name="history.check")
def check(now: str | None = None) -> str:
    """Compare every chain with its tables, once a night."""
    checked, problems = check_all(_moment(now))
    return f"{checked} chains checked, {problems} problems"


def _moment(now: str | None) -> datetime:
    if now is None:
        return timezone.now()
    moment = datetime.fromisoformat(now)
    return moment if moment.tzinfo else timezone.make_aware(moment)
