"""Tellers: one for each event of a person's week, named after the function in which it happens."""

from __future__ import annotations

from collections.abc import Iterator

from sim.experiment.shadows import Call
from sim.experiment.trace import counted
from sim.interface.runs.findings import listed
from sim.interface.story.telling import (
    Scene,
    counting,
    digits,
    drawn,
    effects,
    money,
    moved,
    points,
    runner,
    signed,
    tells,
    toss,
    tossed,
)
from sim.model import luck
from sim.rules.chance import WORDS
from sim.rules.defection import COMPLAINT, DISSATISFIED, NEED_GONE, REASONS, STAYS
from sim.rules.retention import REMINDERS
from sim.state.customers import FORMER, NOBODY
from sim.state.tally import Item

FOR_GOOD = 5200
"""Weeks; a name that is remembered so long is remembered for good."""
PARTINGS = {NEED_GONE: "no need of it any more", DISSATISFIED: "dissatisfied", COMPLAINT: "a complaint is still open"}
BROUGHT = {
    Item.NEW_TOLD: "a friend told of it",
    Item.NEW_REFERRED: "a friend told of it for a reward",
    Item.NEW_CONTACTED: "a contact made it known",
    Item.RETURNED_TOLD: "a friend's story won this person back",
    Item.RETURNED_REFERRED: "a friend's story for a reward won this person back",
    Item.RETURNED_CONTACTED: "a contact won this person back",
    Item.RETURNED_REMINDED: "a reminder won this person back",
}
"""What made somebody a customer."""

# ------------------------------------------------------------------------------------------------- fading and waiting


@tells("fade", opens=True, after=True)
def fading(scene: Scene) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names, departures and places on lists go when their time has come."""
    for call in scene.call.calls:
        name, about = scene.named(call.business or 0), (call.business or 0,)
        item = call.arguments.get("item")
        if item == Item.AWARE:
            yield f"The name of {name} is forgotten.", about
        elif item == Item.DELISTED:
            weeks = scene.scenario.time.list_weeks
            yield f"{name} takes this person off its list of customers, {weeks} weeks after the last order.", about
        elif call.name == "become_aware":
            yield f"Having left {name} is forgotten: it may be chosen again.", about


@tells("forget_relationship", opens=True)
def relationship_ends(scene: Scene) -> str:
    """A customer no more, for want of orders."""
    rule = scene.last("relationship_is_forgotten")
    weeks = rule.arguments["weeks_since_order"] if rule else 0
    reason = REASONS[scene.call.arguments["reason"]]
    return f"No longer a customer of {scene.name}, after {weeks} weeks without an order or a reminder ({reason})."


@tells("regret", opens=True)
def regret(scene: Scene) -> str | None:
    """What is thought of the first order, after some weeks."""
    if not counted(scene.call, Item.REGRETS):
        return None
    (feel,) = scene.call.all("feel")
    return f"Regrets the first order from {scene.name} ({toss(scene.call.one('happens'))}): {moved(feel)}."


@tells("wait_for_resolution", opens=True)
def waiting(scene: Scene) -> str:
    """One more week with an open complaint."""
    resolved = scene.call.one("resolve")
    if resolved:
        what = f"{scene.name} resolves the complaint"
    else:
        what = f"The complaint to {scene.name} stays open"
    (feel,) = (resolved or scene.call).all("feel")
    return f"{what} ({toss(scene.call.one('happens'))}): {moved(feel)}."


@tells("resolve")
def resolution(scene: Scene) -> str | None:
    """The business puts it right, before the week of the failure is over."""
    if scene.within.name != "complain":
        return None
    (feel,) = scene.call.all("feel")
    return f"{scene.name} resolves it ({toss(scene.last('happens'))}): {moved(feel)}."


# ------------------------------------------------------------------------------------------------ hearing and meeting


@tells("hear_story", opens=True)
def hearing(scene: Scene) -> Iterator[tuple[str, tuple[int, ...]]]:
    """What a friend told, and what the friend is a customer of."""
    person, listening = scene.week.after, scene.week.calls[0]
    friend, effect = listening.one("a_friend"), scene.call.one("effect_of_story")
    heard = toss(listening.one("happens"))
    if friend is not None and effect is not None:
        about = scene.named(person.heard_about)
        story = f"a {'good' if person.heard_story >= 0.0 else 'bad'} story about {about}"
        reward = " for a reward" if person.heard_for_reward else ""
        adds = f"adds {points(effect.result)} to" if effect.result >= 0.0 else f"takes {points(-effect.result)} from"
        yield (
            f"Hears customer {friend.result} ({heard}), who tells {story}{reward} (strength "
            f"{points(person.heard_story)}). It {adds} its pull.",
            (person.heard_about,),
        )
    if friend is not None and person.heard_from_customer_of != NOBODY:
        supplier = person.heard_from_customer_of
        who = f"Customer {friend.result}" if effect else f"Hears customer {friend.result} ({heard}), who"
        yield f"{who} buys from {scene.named(supplier)}.", (supplier,)


@tells("be_contacted", opens=True)
def contact(scene: Scene) -> str:
    """A channel reaches somebody who is no customer."""
    slot, tosses = scene.call.arguments["j"], scene.call.all("happens")
    channel = list(scene.scenario.businesses[slot].channels)[len(tosses) - 1].replace("_", " ")
    push = points(scene.week.after.push[slot])
    return f"Is reached by {channel} of {scene.name} ({toss(tosses[-1])}); its push is now {push}."


@tells("hear_from")
def word_of_a_partner(scene: Scene) -> str | None:
    """An order somewhere else brings a word about this business; what a channel of its own brings is told there."""
    if scene.within.name != "pass_on":
        return None
    push = points(scene.week.after.push[scene.call.arguments["j"]])
    partner = scene.named(scene.within.arguments["j"])
    odds = toss(scene.last("happens"))
    return f"Is reached by {partner}, a partner of {scene.name} ({odds}); its push is now {push}."


@tells("be_reminded", opens=True)
def reminder(scene: Scene) -> str:
    """A lever, or what is meant for everybody, reaches somebody who has ordered before."""
    way, reached = scene.call.arguments["way"], toss(scene.last("happens"))
    if way == luck.FROM_MEDIA:
        return f"Is reached, though a customer, by what {scene.name} tells everybody ({reached})."
    lever = "a reminder" if REMINDERS[way - luck.FROM_REMINDER] == "reminders" else "an attempt to win back"
    return f"Is reached by {lever} of {scene.name} ({reached})."


@tells("be_reminded", after=True)
@tells("meet", after=True)
def meeting(scene: Scene) -> Iterator[str]:
    """Whether who had left is won back, and whether an occasion comes of it."""
    words = scene.call.one("of_meeting")
    admitted, tempted = (tossed(scene.call, words, which) for which in (luck.ADMITTED, luck.TEMPTED))
    if admitted and not admitted.result:
        yield f"That is not enough to come back ({toss(admitted)})."
    if tempted:
        yield f"It makes {'an' if tempted.result else 'no'} occasion ({toss(tempted)})."


@tells("become_aware")
def awareness(scene: Scene) -> str | None:
    """A name becomes known, or known again."""
    source, waiting = scene.call.arguments["source"], scene.call.one("waiting_weeks")
    if source > FORMER:
        return f"That is enough to think of coming back ({toss(scene.last('happens'))})."
    if source == FORMER:
        return None
    if waiting is None or waiting.result >= FOR_GOOD:
        return "The name is new, and will not be forgotten."
    odds = f"chance {digits(waiting.arguments['chance'])} a week, {drawn(waiting.arguments['word'])}"
    weeks = counting(waiting.result, "week")
    return f"The name is new; unless something is bought, it will be forgotten after {weeks} ({odds})."


# -------------------------------------------------------------------------------------------------------------- buying


@tells("needs_this_week", opens=True)
def need(scene: Scene) -> str | None:
    """How many needs arise."""
    needs, rate = scene.call.result, digits(scene.call.arguments["weekly_rate"])
    if needs == 0:
        return None
    arise = f"{counting(needs, 'need').capitalize()} arise{'s' if needs == 1 else ''}".replace("One", "A")
    chance = digits(scene.week.before.need_threshold / WORDS)
    return f"{arise} ({rate} a week: chance {chance}, {drawn(scene.call.arguments['word'])})."


@tells("occasion", opens=True)
def occasion(scene: Scene) -> str | None:
    """What the occasion is; of several needs the first was told when they arose."""
    number, only = scene.call.arguments["number"], scene.call.arguments["only"]
    if number < luck.FIRST_RENEWAL:
        return f"Now the occasion that {scene.named(only)} made."
    if number < luck.FIRST_NEED:
        return f"The contract with {scene.named(only)} ends."
    if scene.last("occasion") is None:
        return None
    return "Now the need." if number == luck.FIRST_NEED else "Now the next need."


@tells("race")
def race(scene: Scene) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Everybody who runs, in the order of arriving."""
    finishes = sorted(scene.call.all("finishing_time"), key=lambda call: call.result)
    businesses = tuple(call.business for call in finishes if call.business is not None)
    again = scene.last("leaves") is not None
    if not businesses:
        yield f"{'Without it no' if again else 'No'} business comes to mind: nothing is bought.", ()
        return
    first, *others = (runner(scene, call) for call in finishes)
    how = f"is first, before {listed(others)}" if others else "runs alone"
    yield f"{'Without it' if again else 'In the race'} {first} {how}.", businesses


@tells("leaves", opens=True)
def coin(scene: Scene) -> str | None:
    """The coin of the winner's own customer, and what its chance was made of."""
    decision = scene.call.one("decision_to_leave")
    if decision is None:
        return None
    chance = decision.calls[0]
    kept = chance.arguments["kept_share"]
    made = [f"inborn {digits(chance.arguments['inborn'])}"]
    moves = list(effects(scene.call))
    made += [f"log odds {listed(moves)}"] if moves else []
    made += [f"care lets {digits(kept)} of it through"] if kept != 1.0 else []
    odds = f"chance {digits(chance.result)}, {drawn(decision.arguments['word'])}; {'; '.join(made)}"
    if decision.result == STAYS:
        return f"Does not leave {scene.name} ({odds})."
    return f"Leaves {scene.name}: {PARTINGS[decision.result]} ({odds})."


@tells("place_order", opens=True)
def order(scene: Scene) -> str:
    """An order, its value, and what brought it if it is a first one."""
    begun = scene.call.one("begin_relationship")
    value = scene.call.all("order_value")[0].arguments
    amount = money(scene.scenario, counted(scene.call, Item.REVENUE))
    verb, why = "Orders from", ""
    if begun:
        verb = "Comes back to" if counted(begun, Item.RETURNED) else "First order from"
        why = "".join(f"; {words}" for item, words in BROUGHT.items() if counted(begun, item))
    factors = f"{value['person_mean']:,.2f} as usual"
    for what, factor in (("by chance", value["relative_size"]), ("for the price", value["price_ratio"])):
        if factor != 1.0:
            factors += f", times {factor:.2f} {what}"
    return f"{verb} {scene.name}: {amount} ({factors}{why})."


@tells("live_through")
def experience(scene: Scene) -> str:
    """What the order was like, and what was made of it."""
    given = {call.name: call for call in scene.call.calls}
    words = Call("of_occasion", result=scene.call.arguments["words"])
    lived, expected = given["experience"], given["expectation_after"].arguments["expectation"]
    quality, match, harm = (lived.arguments[name] for name in ("quality", "match", "harm"))
    chance = signed(lived.result - quality - match + harm)
    parts = [f"quality {points(quality)}", f"match {signed(match)}"]
    parts += [f"luck {chance} at {drawn(words.result[luck.LUCK])}"] if words and chance != signed(0.0) else []
    failed, gift = tossed(scene.call, words, luck.FAILURE), tossed(scene.call, words, luck.GIFT)
    text = ""
    if failed and failed.result:
        parts.append(f"failure {signed(-harm)}")
        text = f"It fails ({toss(failed)}). "
    if gift and gift.result:
        text += f"An unexpected gift adds {points(given['delight_of_gift'].result)} ({toss(gift)}). "
    went, hoped = points(lived.result), points(expected)
    surprise = f"{'better' if lived.result > expected else 'worse'} than expected ({went} against {hoped}"
    how = f"as expected ({went}" if went == hoped else surprise
    return f"{text}It goes {how}; {', '.join(parts)}): {moved(given['feel'])}."


@tells("complain")
def complaint(scene: Scene) -> str | None:
    """Is the failure complained about?"""
    words = scene.call.one("of_failure")
    complains, at_once = (tossed(scene.call, words, which) for which in (luck.COMPLAINS, luck.AT_ONCE))
    if complains is None or complains.arguments["probability"] == 0.0:
        return None
    if not complains.result:
        return f"Does not complain ({toss(complains)})."
    waits = "" if at_once and at_once.result else f" It is not resolved at once ({toss(at_once)})."
    return f"Complains to {scene.name} ({toss(complains)}).{waits}"


@tells("take_up_line")
def further_line(scene: Scene) -> str | None:
    """One more product line."""
    if not counted(scene.call, Item.FURTHER_LINES):
        return None
    return f"Takes up a further line of {scene.name} ({toss(scene.call.one('happens'))})."


# ----------------------------------------------------------------------------------------------- telling and moving


@tells("tell", opens=True)
def telling(scene: Scene) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A story for friends to hear next week."""
    published = scene.call.one("publish")
    if published is None or published.business is None:
        return
    at = scene.call.calls.index(published)
    satisfaction = scene.week.after.told_story
    kind = "good" if satisfaction >= 0.0 else "bad"
    why = ""
    if scene.call.one("telling_probability") is None:
        why = " as one of its backers"
    elif scene.week.after.told_for_reward:
        why = " for a reward"
    yield (
        f"Tells a {kind} story about {scene.named(published.business)}{why} "
        f"(strength {points(satisfaction)}; {toss(scene.call.calls[at - 1])}).",
        (published.business,),
    )


@tells("move_away", opens=True)
def moving(scene: Scene) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Somebody leaves the market for good."""
    parted = scene.call.all("part_with")
    losers = tuple(call.business for call in parted if call.business is not None and call.one("leave") is not None)
    lost = f", also as a customer of {listed([scene.named(each) for each in losers])}" if losers else ""
    text = f"Leaves the market for good{lost}. A newcomer who knows no business takes the place."
    return ((text, tuple(range(len(scene.scenario.businesses)))),)
