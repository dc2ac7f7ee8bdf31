"""Occasions: a race among businesses, the coin of the winner's own customer, an order and what it is like."""

from __future__ import annotations

from sim.model import luck
from sim.model.complaining import complain, earlier_complaints
from sim.model.luck import ANY, COIN, FAILURE, FIRST_NEED, FIRST_RENEWAL, GIFT, LUCK
from sim.model.meeting import leave, pass_on
from sim.model.world import World, come_into_question, count, feel, is_aimed_at, millionths
from sim.rules.acquisition import SALE_WEEKS
from sim.rules.arithmetic import INFINITY, as_float, as_int
from sim.rules.chance import happens, standard_normal
from sim.rules.choice import attraction, finishing_time, price_effect, pull_of_my_supplier
from sim.rules.compile import compiled
from sim.rules.complaints import harm_of_failure
from sim.rules.defection import STAYS, decision_to_leave, leaving_circumstances, leaving_effect
from sim.rules.journey import in_first_weeks
from sim.rules.lines import line_probability, order_with_lines
from sim.rules.memory import AWARE, CUSTOMER, NEVER
from sim.rules.position import lack_of_fit
from sim.rules.prices import NEW, OLD, expected_price_after
from sim.rules.retention import CROSS_SELLING, SAVER_PLACES, SAVERS, delight_of_gift
from sim.rules.satisfaction import BEST, expectation_after, experience, home_of_satisfaction, satisfaction_after
from sim.rules.value import order_value, whole
from sim.state.customers import (
    CONTACTED,
    FORMER,
    FORMER_CONTACTED,
    FORMER_REFERRED,
    FORMER_REMINDED,
    FORMER_TOLD,
    LONG_AGO,
    NO_CHANNEL,
    NOBODY,
    REFERRED,
    TOLD,
    UNKNOWN,
)
from sim.state.diary import AT_NEED, AT_OFFER, AT_RENEWAL, ORDER, write
from sim.state.draws import Words
from sim.state.tally import BLOCK, WON_BY, Item


@compiled
def occasion(row: int, number: int, only: int, offered_by: int, world: World) -> None:
    """An occasion to buy: a race, the coin of the winner's own customer, and an order.

    A renewal that falls into weeks in which the business is closed waits for the next one.

    Whoever leaves the winner gives the occasion to the runner-up of the same race: the race is run again without the
    one just left, on the same draws. A renewal is no race: its customer leaves or orders again.

    Parameters
    ----------
    number : of this occasion in the person's week; offers have numbers of their own, so they shift no other draw
    only : the business that makes the offer or holds the contract, or ANY
    offered_by : the channel that made the offer, or NO_CHANNEL
    """
    renewal = FIRST_RENEWAL <= number < FIRST_NEED
    if renewal:
        if as_float(world.offers[only].open) == 0.0:
            return
        come_into_question(row, only, world)
    while True:
        winner = only if renewal else race(row, number, only, world)
        if winner == NOBODY:
            return
        words = luck.of_occasion(world.moment, row, number, winner)
        if not leaves(row, winner, words[COIN], world):
            place_order(row, winner, number, offered_by, words, world)
            return
        if renewal:
            return


@compiled
def price_side(row: int, j: int, world: World) -> int:
    """Whose price does this person get: that of new people, or of those who have ordered before?"""
    bond = world.customers.bonds[row, j]
    return NEW if as_int(bond.first_tick) == NEVER else OLD


@compiled
def race(row: int, number: int, only: int, world: World) -> int:
    """Who wins this occasion among the open businesses this person knows and has not left.

    NOBODY if nothing is bought.
    """
    me = world.customers.people[row]
    winner = NOBODY
    words = luck.of_race(world.moment, row, number, 0)
    best = INFINITY
    nothing = as_float(me.affinity_for_nothing)
    if nothing > -INFINITY:
        best = finishing_time(nothing + world.traits.climate.nothing, words[0])
    segment, fit = as_int(me.segment), world.rules.choice.fit
    sensitivity = as_float(me.price_sensitivity)
    for j in range(len(world.offers)):
        bond, offer = world.customers.bonds[row, j], world.offers[j]
        runner = j + 1
        if runner % 4 == 0:
            words = luck.of_race(world.moment, row, number, runner // 4)
        relation = as_int(bond.relation)
        known = relation == AWARE or relation == CUSTOMER
        if (only == ANY or only == j) and known and as_float(offer.open) != 0.0:
            come_into_question(row, j, world)
            price = as_float(offer.log_price_ratio[price_side(row, j, world)])
            strength = attraction(
                as_float(bond.affinity),
                price_effect(sensitivity, price, as_float(bond.expected_price)),
                as_float(bond.push),
                as_float(bond.heard),
            )
            strength -= as_float(world.reach.distance[segment, j])
            if fit != 0.0:
                strength -= lack_of_fit(as_float(offer.position), as_float(me.taste), fit)
            if relation == CUSTOMER:
                strength += pull_of_my_supplier(
                    as_float(bond.satisfaction),
                    as_int(me.last_supplier) == j,
                    as_float(offer.scheme_bonus),
                    world.rules.choice,
                )
            time = finishing_time(strength, words[runner % 4])
            if time < best:
                best = time
                winner = j
    return winner


@compiled
def leaves(row: int, j: int, coin: int, world: World) -> bool:
    """Does a customer leave its supplier instead of buying again? Tossed here, before the order. Backers do not."""
    me, bond = world.customers.people[row], world.customers.bonds[row, j]
    at_risk = as_int(bond.orders) >= world.rules.defection.first_order_at_risk
    if as_int(bond.relation) != CUSTOMER or not at_risk or as_int(me.backs) == j:
        return False
    rules, tick = world.rules, world.moment.tick
    complaint = rules.complaints.effect_on_leaving if as_float(bond.open_complaint) != 0.0 else 0.0
    early = in_first_weeks(tick - as_int(bond.start_tick), rules.journey)
    friend = tick - as_int(bond.friend_tick) <= rules.trust.friend_weeks
    circumstances = leaving_circumstances(
        complaint,
        rules.journey.first_weeks_effect if early else 0.0,
        rules.lines.binding,
        as_int(bond.lines),
        rules.trust.friend_effect if friend else 0.0,
    )
    effects = (leaving_effect(as_float(bond.satisfaction), rules.defection), circumstances, complaint)
    kept = share_let_through(row, j, world)
    reason = decision_to_leave(as_float(me.leaving), effects, kept, coin)
    if reason == STAYS:
        return False
    leave(row, j, reason, world)
    return True


@compiled
def share_let_through(row: int, j: int, world: World) -> float:
    """What all kinds of care together let through of this customer's chance of leaving."""
    kept = 1.0
    for lever in range(len(SAVERS)):
        kept *= let_through_by(row, j, lever, world)
    return kept


@compiled
def let_through_by(row: int, j: int, lever: int, world: World) -> float:
    """What one kind of care lets through; all, where this customer is not in the class it is aimed at."""
    offer = world.offers[j]
    let_through = as_float(offer.let_through[lever])
    if let_through == 1.0:
        return 1.0
    return let_through if is_aimed_at(row, j, SAVER_PLACES[lever], world) else 1.0


@compiled
def place_order(row: int, j: int, number: int, offered_by: int, words: Words, world: World) -> None:
    """An order: its value, whether it fails, what it does to satisfaction and expectation."""
    me, bond, offer = world.customers.people[row], world.customers.bonds[row, j], world.offers[j]
    tick = world.moment.tick
    side = price_side(row, j, world)
    source, channel = UNKNOWN, NO_CHANNEL
    if as_int(bond.relation) != CUSTOMER:
        source, channel = as_int(bond.source), channel_credited(row, j, number, offered_by, world)
        begin_relationship(row, j, number, channel, world)
    mean = order_with_lines(as_float(me.mean_order_value), as_int(bond.lines), world.rules.lines)
    size = luck.of_order_size(world.moment, row, number, j, world.rules.value.order_shape)
    amount = whole(order_value(mean, size, as_float(offer.price_ratio[side])) * world.minor_units)
    count(world.tally, row, j, Item.ORDERS, 1)
    count(world.tally, row, j, Item.REVENUE, amount)
    at_list_price = whole(order_value(mean, size, as_float(offer.list_ratio)) * world.minor_units)
    count(world.tally, row, j, Item.LIST_VALUE, at_list_price)
    if side == NEW:
        count(world.tally, row, j, Item.FIRST_LIST_VALUE, at_list_price)
    note_sales(row, j, world)
    bond.first_tick = min(as_int(bond.first_tick), tick)
    if as_int(bond.first_tick) < world.opening_tick:
        count(world.tally, row, j, Item.REVENUE_FROM_OLD_CUSTOMERS, amount)
    if tick - as_int(bond.last_tick) >= world.list_weeks:
        count(world.tally, row, j, Item.LISTED, 1)
    if as_int(bond.last_tick) != tick:
        count(world.tally, row, j, Item.BUYERS, 1)
    bond.orders = min(as_int(bond.orders) + 1, NEVER)
    bond.orders_ever = min(as_int(bond.orders_ever) + 1, NEVER)
    bond.last_tick = tick
    me.last_supplier = j
    bond.expected_price = expected_price_after(
        as_float(bond.expected_price),
        as_float(offer.log_price_ratio[side]),
        world.rules.choice.reference_moves,
    )
    came_of = AT_OFFER if number < FIRST_RENEWAL else AT_RENEWAL if number < FIRST_NEED else AT_NEED
    write(world.diary, row, j, ORDER, (amount, source, channel, came_of))
    live_through(row, j, number, words, world)
    take_up_line(row, j, number, world)
    if as_float(offer.passes_on) != 0.0:
        pass_on(row, j, number, world)


@compiled
def channel_credited(row: int, j: int, number: int, offered_by: int, world: World) -> int:
    """The channel that has won this customer: at an offer the one that made it, else the one that made the name known.

    The offer of a story or a reminder is no channel's. How the name came to be known is counted apart, as the source,
    whoever makes the sale.
    """
    bond = world.customers.bonds[row, j]
    if number < FIRST_RENEWAL:
        return offered_by
    source = as_int(bond.source)
    return as_int(bond.channel) if source == CONTACTED or source == FORMER_CONTACTED else NO_CHANNEL


@compiled
def begin_relationship(row: int, j: int, number: int, channel: int, world: World) -> None:
    """A first order, or the first one after coming back; what brought it is counted.

    Parameters
    ----------
    channel : the one that is credited with it, or NO_CHANNEL
    """
    bond = world.customers.bonds[row, j]
    source = as_int(bond.source)
    if source >= FORMER:
        count(world.tally, row, j, Item.RETURNED, 1)
        if source == FORMER_TOLD:
            count(world.tally, row, j, Item.RETURNED_TOLD, 1)
        elif source == FORMER_REFERRED:
            count(world.tally, row, j, Item.RETURNED_REFERRED, 1)
        elif source == FORMER_CONTACTED:
            count(world.tally, row, j, Item.RETURNED_CONTACTED, 1)
        elif source == FORMER_REMINDED:
            count(world.tally, row, j, Item.RETURNED_REMINDED, 1)
    else:
        count(world.tally, row, j, Item.NEW, 1)
        if number < FIRST_RENEWAL:
            count(world.tally, row, j, Item.NEW_AT_OFFER, 1)
        if source == TOLD:
            count(world.tally, row, j, Item.NEW_TOLD, 1)
        elif source == REFERRED:
            count(world.tally, row, j, Item.NEW_REFERRED, 1)
        elif source == CONTACTED:
            count(world.tally, row, j, Item.NEW_CONTACTED, 1)
    if channel != NO_CHANNEL:
        world.by_channel[row // BLOCK, j, channel, WON_BY] += 1
    bond.relation = CUSTOMER
    bond.start_tick = world.moment.tick
    bond.orders = 0
    count(world.tally, row, j, Item.SATISFACTION, millionths(as_float(bond.satisfaction)))


@compiled
def note_sales(row: int, j: int, world: World) -> None:
    """Does this order follow soon enough on a contact or a reminder? Each is counted once."""
    bond = world.customers.bonds[row, j]
    tick = world.moment.tick
    if tick - as_int(bond.contact_tick) <= SALE_WEEKS:
        count(world.tally, row, j, Item.SALES_AFTER_CONTACT, 1)
    if tick - as_int(bond.reminder_tick) <= SALE_WEEKS:
        count(world.tally, row, j, Item.SALES_AFTER_REMINDER, 1)
    bond.contact_tick = LONG_AGO
    bond.reminder_tick = LONG_AGO


@compiled
def live_through(row: int, j: int, number: int, words: Words, world: World) -> None:
    """What the order was like, and what is felt and expected from now on."""
    bond, offer = world.customers.bonds[row, j], world.offers[j]
    rules = world.rules.satisfaction
    failed = happens(as_float(offer.failure_rate), words[FAILURE])
    harm = 0.0
    if failed:
        count(world.tally, row, j, Item.FAILURES, 1)
        earlier = earlier_complaints(row, j, world)
        orders_before = as_int(bond.orders) - 1
        harm = harm_of_failure(rules.failure_loss, orders_before, earlier, world.rules.complaints)
    quality, match = as_float(offer.quality), as_float(bond.match)
    before = as_float(bond.satisfaction)
    expected = as_float(bond.expectation)
    surprise = experience(quality, match, standard_normal(words[LUCK]), harm, rules) - expected
    after = satisfaction_after(before, home_of_satisfaction(quality, match, surprise, rules), rules)
    taken = 0.0
    if failed:
        without = satisfaction_after(before, home_of_satisfaction(quality, match, surprise + harm, rules), rules)
        taken = without - after
    gift = as_float(offer.gift)
    if happens(gift, words[GIFT]):
        count(world.tally, row, j, Item.GIFTS, 1)
        after = min(after + delight_of_gift(as_float(offer.delight), gift), BEST)
    feel(row, j, after, world)
    learned = surprise
    if failed and complain(row, j, number, taken, world):
        learned += world.rules.complaints.recovery * harm  # what will be put right is no lesson
    bond.expectation = expectation_after(expected, learned, rules)


@compiled
def take_up_line(row: int, j: int, number: int, world: World) -> None:
    """One more product line, perhaps."""
    me, bond, offer = world.customers.people[row], world.customers.bonds[row, j], world.offers[j]
    held = as_int(bond.lines)
    if held + 1 < as_int(offer.lines):
        shown = as_float(offer.cross_selling)
        if shown != 0.0 and not is_aimed_at(row, j, CROSS_SELLING, world):
            shown = 0.0
        chance = line_probability(as_float(me.further_lines), shown, world.rules.lines)
        if happens(chance, luck.of_line(world.moment, row, number, j)):
            bond.lines = held + 1
            count(world.tally, row, j, Item.FURTHER_LINES, 1)
