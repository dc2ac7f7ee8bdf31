"""Markets, openings and channels that cannot be are refused, where they stand and with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.test_mechanisms_refused import here, refusals

__all__ = ["here"]  # a fixture for every test

MARKETS = "schema: 1\nmarkets: {north: {}, south: {}}\n"
PEOPLE = "people: {segments: {a: {share: 0.5, market: north}, b: {share: 0.5, market: south}}}\n"
FIRM = "schema: 1\nbusinesses:\n  rival: {}\n  ours: "
REFUSED = {
    "a segment nowhere": (
        MARKETS + "people: {segments: {a: {share: 0.5, market: noth}, b: {share: 0.5, market: south}}}\n"
        "businesses: {ours: {}}\n",
        "s.yaml:3:45: there is no 'noth' among the markets. Did you mean 'north'?",
    ),
    "a market of nobody": (
        MARKETS + "businesses: {ours: {}}\n",
        "s.yaml:2:22: nobody lives in the market 'south'. Write it as the market of a segment of people.",
    ),
    "a business nowhere": (
        MARKETS + PEOPLE + "businesses: {ours: {markets: {north: {}, west: {}}}}\n",
        "s.yaml:4:42: there is no 'west' among the markets. Known here: north and south.",
    ),
    "a business without a home": (
        MARKETS + PEOPLE + "businesses: {ours: {markets: {north: {enters_week: 5}}}}\n",
        "s.yaml:4:30: 'ours' is at home in no market. "
        "Leave out enters_week for one of them; a business that comes later has an opens_week.",
    ),
    "an end before the beginning": (
        FIRM + "{opens_week: 9, closes_week: 9}\n",
        "s.yaml:4:38: businesses.ours.closes_week (9) must be after opens_week (9). "
        "Write 30000 for a business that stays.",
    ),
    "a budget for affiliates": (
        FIRM + "{channels: {tv: {budget_share: 0.5}, web: {budget_share: 0.5}, affiliate: {budget_share: 0.1}}}\n",
        "s.yaml:4:98: businesses.ours.channels.affiliate.budget_share (0.1) does nothing: affiliate is paid per "
        "customer won. Write a commission, and give the share to another channel.",
    ),
    "a commission for posters": (
        FIRM + "{channels: {posters: {commission: 5}}}\n",
        "s.yaml:4:43: businesses.ours.channels.posters.commission (5) does nothing: advertising is paid out of the "
        "budget. Remove it, or make it an affiliate or a partner.",
    ),
    "a partner that is nobody": (
        FIRM + "{channels: {partner: {}}}\n",
        "s.yaml:4:30: businesses.ours.channels.partner.of must name another business (nothing is written). "
        "Known here: rival.",
    ),
    "a partner that is oneself": (
        FIRM + "{channels: {partner: {of: ours}}}\n",
        "s.yaml:4:35: businesses.ours.channels.partner.of must name another business (got 'ours'). Known here: rival.",
    ),
    "posters with a partner": (
        FIRM + "{channels: {posters: {of: rival}}}\n",
        "s.yaml:4:35: businesses.ours.channels.posters.of does nothing: advertising has no partner. "
        "Remove it, or write kind: partner.",
    ),
    "one partner twice": (
        FIRM + "{channels: {one: {kind: partner, of: rival}, two: {kind: partner, of: rival}}}\n",
        "s.yaml:4:54: channels 'one' and 'two' have the same partner, 'rival'. Make them one.",
    ),
    "an unknown segment": (
        "schema: 1\npeople: {segments: {young: {share: 1}}}\n"
        "businesses: {ours: {channels: {tv: {reaches: {yuong: 2}}}}}\n",
        "s.yaml:3:47: there is no 'yuong' among the segments of people. Did you mean 'young'?",
    ),
    "a reach out of bounds": (
        "schema: 1\npeople: {segments: {young: {share: 1}}}\n"
        "businesses: {ours: {channels: {tv: {reaches: {young: -2}}}}}\n",
        "s.yaml:3:54: businesses.ours.channels.tv.reaches.young must lie in 0..100 (got -2). "
        "Meaning: on the chance of a contact, for people of the segment (factor).",
    ),
    "an unknown kind": (
        FIRM + "{channels: {tv: {kind: seminary}}}\n",
        "s.yaml:4:32: businesses.ours.channels.tv.kind must be advertising, seminar, direct_mail, email, telephone, "
        "web, affiliate or partner, got the text 'seminary'. Did you mean 'seminar'?",
    ),
    "a partner that works harder": (
        FIRM + "{channels: {ally: {kind: partner, of: rival, strength: 3}}}\n",
        "s.yaml:4:64: businesses.ours.channels.ally.strength (3) does nothing: a partner passes a word on with its "
        "orders, by chance. Remove it, or choose another kind than partner.",
    ),
    "an affiliate that remembers": (
        FIRM + "{channels: {affiliate: {keep: 0.2}}}\n",
        "s.yaml:4:39: businesses.ours.channels.affiliate.keep (0.2) does nothing: an affiliate takes trouble for its "
        "commission, week by week. Remove it, or choose another kind than affiliate.",
    ),
    "posters that pass a word on": (
        FIRM + "{channels: {posters: {chance: 0.2}}}\n",
        "s.yaml:4:39: businesses.ours.channels.posters.chance (0.2) does nothing: only a partner passes a word on. "
        "Remove it, or choose another kind than advertising.",
    ),
    "an alliance of its own": (
        FIRM + "{alliances: {one: 1}}\n",
        "s.yaml:4:10: unknown key 'alliances'. "
        "An alliance is a channel of a business: channels: {ally: {kind: partner, of: its name, commission: 15}}.",
    ),
}


def test_nothing_instead_of_what_is_inherited_is_refused_and_null_removes_it() -> None:
    """A setting, because a file of this folder has nothing to inherit from."""
    child = "schema: 1\nextends: subsidy_war\nbusinesses:\n  ours: {promotions: {}}\n"
    assert refusals(child) == [
        "s.yaml:4:22: businesses.ours.promotions is empty, which removes nothing of what is inherited (cheap_rides). "
        "Write null to remove them all, or remove the line to keep them."
    ]
    assert refusals(child.replace("{promotions: {}}", "{promotions: null}")) == []
    assert refusals(FIRM + "{promotions: {}}\n") == []


def test_a_file_that_extends_what_is_not_there_is_not_advised_to_extend_itself() -> None:
    assert refusals("schema: 1\nextends: ./ss.yaml\n") == [
        "s.yaml:2:10: ss.yaml: there is no such file. Check the name."
    ]
    Path("sss.yaml").write_text(FIRM + "{}\n", encoding="utf-8")
    (message,) = refusals("schema: 1\nextends: ./ss.yaml\n")
    assert message.endswith("Did you mean 'sss.yaml'?")


def test_more_than_all_is_no_share_and_is_not_offered_as_one() -> None:
    (message,) = refusals(FIRM + "{known: 150%}\n")
    assert "Write 1.50 where it is a factor; a share is 1 at most" in message


@pytest.mark.parametrize("name", REFUSED)
def test_a_setting_that_means_nothing_is_refused_where_it_stands(name: str) -> None:
    text, message = REFUSED[name]
    assert refusals(text) == [message]


SOUND = {
    "two markets": MARKETS
    + PEOPLE
    + "businesses: {ours: {markets: {north: {}, south: {enters_week: 5}}}, rival: {}}\n",
    "affiliates only": FIRM + "{channels: {affiliate: {}}}\n",
    "all kinds": FIRM + "{channels: {email: {budget_share: 0.5}, web: {budget_share: 0.5}, affiliate: {}, "
    "partner: {of: rival}}}\n",
    "an entrant": FIRM + "{opens_week: 9, closes_week: 90}\n",
}


@pytest.mark.parametrize("name", SOUND)
def test_what_makes_sense_is_let_alone(name: str) -> None:
    assert refusals(SOUND[name]) == []
