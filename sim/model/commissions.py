"""Commissions: what affiliates and partners are paid for customers whom they won."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.ledger import Account
from sim.rules.acquisition import PAID_PER_CUSTOMER, PARTNER
from sim.rules.value import whole

if TYPE_CHECKING:
    from sim.model.business import Business


def pay_commissions(business: Business, won: list[int]) -> None:
    """Pay for each customer won, while money lasts; to a partner it is income, to one that has closed nothing is paid.

    Parameters
    ----------
    won : customers won by each channel this week, new and returned
    """
    for at, channel in enumerate(business.description.channels.values()):
        partner = business.model.called(channel.of) if channel.kind == PARTNER else None
        gone = partner is not None and partner.presence.closed
        if channel.kind in PAID_PER_CUSTOMER and not gone:
            each = whole(channel.commission * business.minor_units)
            paid = min(won[at] * each, business.can_spend)
            business.ledger.pay(Account.ACQUISITION, paid)
            business.spent[at] += paid
            if partner is not None:
                partner.ledger.earn_commission(paid)
                partner.commissions += paid
