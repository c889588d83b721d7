"""What follows from what: every fact and the verbs that answer it. Reads like a table of contents; a test compares it
with what is connected."""

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal

from accounts import events as account_facts
from introductions import (
    asked_messages,
    business_messages,
    closing,
    concern_messages,
    news,
    sign_in_messages,
    staying_messages,
)
from introductions import events as introduction_facts
from introductions import tasks as introductions
from matching import events as matching_facts
from matching import leaving, team_messages
from matching import services as matching
from opportunities import events as opportunity_facts
from opportunities import following, joining
from opportunities import services as opportunities
from pledges import asks
from pledges import events as pledge_facts

# (fact, reaction), in the order of the rooms.
REACTIONS: list[tuple[Signal, Callable[..., Any]]] = [
    (account_facts.support_ended, leaving.react_to_end_of_support),
    (account_facts.support_ended, team_messages.tell_of_end),
    (account_facts.handed_over, team_messages.tell_of_hand_over),
    (account_facts.cover_made, team_messages.tell_of_cover),
    (account_facts.cover_ended, team_messages.tell_of_cover_end),
    (account_facts.guest_let_in, team_messages.tell_of_guest),
    (account_facts.transfer_asked, team_messages.tell_of_transfer_asked),
    (account_facts.transfer_refused, team_messages.tell_of_transfer_refused),
    (account_facts.transferred, team_messages.tell_of_transfer),
    (account_facts.transferred, matching.ring_matcher),
    (pledge_facts.pledges_made, opportunities.react_to_pledges),
    (pledge_facts.pledges_made, asks.follow_pledges),
    (pledge_facts.pledge_reopened, asks.follow_pledge),
    (pledge_facts.pledge_reopened, opportunities.react_to_pledge),
    (pledge_facts.pledge_corrected, following.fill_from_pledge),
    (pledge_facts.pledge_ended, asks.end_with_pledge),
    (pledge_facts.pledge_ended, following.end_with_pledge),
    (pledge_facts.pledge_rests, following.offer_again),
    (pledge_facts.employer_checked, asks.follow_business),
    (pledge_facts.employer_unchecked, asks.follow_business),
    (pledge_facts.employer_stopped, asks.follow_business),
    (pledge_facts.employer_checked, opportunities.react_to_employer),
    (pledge_facts.employer_stopped, opportunities.react_to_employer),
    (pledge_facts.employer_unchecked, opportunities.react_to_employer),
    (pledge_facts.employers_merged, asks.follow_business),
    (pledge_facts.employers_merged, joining.react_to_merge),
    (opportunity_facts.opportunity_published, matching.ring_matcher),
    (opportunity_facts.opportunity_changed, matching.ring_matcher),
    (opportunity_facts.opportunity_closed, matching.ring_matcher),
    (matching_facts.interests_changed, matching.ring_matcher),
    (account_facts.sign_in_changed, sign_in_messages.tell_of_change),
    (account_facts.objected, asked_messages.tell_of_objection),
    (account_facts.kept_apart, asked_messages.pass_to_lead),
    (account_facts.objection_answered, asked_messages.tell_of_objection_answered),
    (account_facts.handed_over, asked_messages.pass_to_lead_still),
    (account_facts.handed_over, asked_messages.tell_next_worker),
    (account_facts.transferred, asked_messages.tell_next_worker),
    (introduction_facts.help_asked, asked_messages.tell_of_help_asked),
    (introduction_facts.concern_raised, concern_messages.tell_leads),
    (account_facts.transferred, concern_messages.follow_transfer),
    (introduction_facts.ended, closing.tell_everybody),
    (introduction_facts.introduced, business_messages.tell_giver),
    (introduction_facts.interested, news.tell_of_interest),
    (introduction_facts.asked, news.tell_of_question),
    (introduction_facts.answered, news.tell_of_answer),
    (introduction_facts.permitted, news.tell_of_yes),
    (introduction_facts.moved_on, business_messages.tell_giver_of_move),
    (introduction_facts.moved_on, news.tell_of_move),
    (introduction_facts.started, news.tell_of_move),
    (introduction_facts.replied, news.tell_of_reply),
    (introduction_facts.frozen, news.tell_of_hold),
    (introduction_facts.checked_in, staying_messages.tell_of_trouble),
    (pledge_facts.employer_stopped, introductions.ring_sweep),
    (pledge_facts.employer_checked, introductions.ring_sweep),
    (pledge_facts.employers_merged, introductions.ring_sweep),
    (opportunity_facts.opportunity_closed, introductions.ring_sweep),
    (account_facts.support_ended, introductions.ring_sweep),
]


def connect() -> None:
    """Connect each reaction once."""
    for fact, reaction in REACTIONS:
        fact.connect(reaction, dispatch_uid=f"{reaction.__module__}.{reaction.__qualname__}")
