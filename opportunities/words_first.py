"""The first words of the pages of opportunities: all that they say of themselves. An ambassador may put each better
(`opportunities.words`).

Not here: labels of filters and buttons, names of kinds and categories, amounts and dates alone, what a business or a
council wrote, and what the law's tables say.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opportunities import badges, needs, support
from opportunities.models import Opportunity

Group = dict[str, str | Promise]  # key -> first words

# What the check of a business has not got is between it and us.
SAID_REASONS = tuple(one for one in Opportunity.MinAgeReason if one != Opportunity.MinAgeReason.CHECK)

LIST: Group = {
    "list.title": _("Find something that"),
    "list.title.mark": _("fits you"),
    "list.lead": _("Jobs, tasters and training from people who want to meet you. You choose what happens."),
    "list.tab.go": _("To go to"),
    "list.tab.home": _("From home"),
    "list.tab.home.none": _("From home: none now"),
    "list.open.one": _("%(n)d thing open now"),
    "list.open.many": _("%(n)d things open now"),
    "list.near.one": _("%(n)d thing near there"),
    "list.near.many": _("%(n)d things near there"),
    "list.nearest.one": _("%(n)d thing, nearest first"),
    "list.nearest.many": _("%(n)d things, nearest first"),
    "list.home.one": _("%(n)d thing you can do from home"),
    "list.home.many": _("%(n)d things you can do from home"),
    "list.older": _("When you are older there is more: %(list)s."),
    "list.older.part": _("%(n)d more from the age of %(age)d"),
}
NOTHING: Group = {
    "nothing.fits": _("Nothing fits yet"),
    "nothing.fits.more": _(
        "Nothing matches all of this today. Take something off, look further, or ask your adviser: they can look with"
        " you."
    ),
    "nothing.open": _("Nothing is open yet"),
    "nothing.open.more": _("New things come every week. Look again soon, or talk to your adviser."),
    "nothing.look": _("You could look at"),
    "nothing.mean": _("Did you mean %(name)s? %(n)d there"),
    "nothing.miles": _("%(n)d within %(miles)d miles"),
    "nothing.any": _("%(n)d at any distance"),
    "nothing.visit": _("Start with a visit: %(n)d there"),
    "nothing.home": _("%(n)d you can do from home"),
    "nothing.embedded": _("Nothing is open yet. New things come every week."),
}
CHIPS: Group = {
    **{f"badge.{one.code}": one.says for one in badges.BADGES},
    "badge.beginners": _("Open to beginners"),
}
FACTS: Group = {
    "fact.week": _("%(pounds)s a week"),
    "fact.week.from": _("From %(pounds)s a week"),
    "fact.hour": _("%(pounds)s an hour"),
    "fact.hour.from": _("From %(pounds)s an hour"),
    "fact.for-hours": _("%(pay)s for %(hours)s hours"),
    "fact.hours": _("%(hours)s hours a week"),
    "fact.unpaid": _("Unpaid"),
    "fact.free": _("Free"),
    "fact.rises": _("From %(age)d it is at least %(pounds)s an hour"),
    "fact.rises.then": _("from %(age)d at least %(pounds)s"),
    "fact.rises.law": _("%(steps)s (the law)."),
    "fact.real-living": _("Pays the real Living Wage."),
    "fact.any-age": _("Pays the National Living Wage at any age."),
    "fact.home": _("From home"),
    "fact.no-town": _("Ask where it is"),
    "fact.miles.less": _("less than a mile"),
    "fact.miles.one": _("%(n)d mile"),
    "fact.miles.many": _("%(n)d miles"),
    "fact.starts": _("Starts %(date)s"),
    "fact.starts.any": _("Start when it suits you both"),
    "fact.closes": _("Closes %(date)s"),
    "fact.no-end": _("There is no end date"),
    "fact.days.one": _("Lasts %(n)d day"),
    "fact.days.many": _("Lasts %(n)d days"),
    "fact.weeks.one": _("Lasts %(n)d week"),
    "fact.weeks.many": _("Lasts %(n)d weeks"),
    "fact.months.one": _("Lasts %(n)d month"),
    "fact.months.many": _("Lasts %(n)d months"),
    "fact.places.one": _("%(n)d place"),
    "fact.places.many": _("%(n)d places"),
    "fact.checked": _("We have checked them"),
    "fact.checked.more": _("A real person spoke to this business"),
}
PAGE: Group = {
    "page.link": _("An opportunity"),
    "page.link.more": _("See what it is, what it pays and how to go for it."),
    "page.all": _("See everything that is open"),
    "page.facts": _("The main facts"),
    "page.do": _("What you would do"),
    "page.bring": _("What to bring"),
    "page.needs": _("What you need"),
    "page.spares": _("What you do not need"),
    "page.early": _("It starts before 6 in the morning"),
    "page.early.more": _("Few buses go so early. Before you say yes, plan with your adviser how to get there."),
    "page.gives": _("What they do for you"),
    "page.worse": _("Could this leave you worse off?"),
    "page.worse.more": _("A wage can change your other money. Ask your adviser before you say yes."),
    "page.extra": _("Extra money and help"),
    "page.extra.from": _("From %(date)s: check before you rely on it."),
    "page.like": _("Do you like this?"),
    "page.interested": _("I'm interested"),
    "page.keep": _("Keep it or send it"),
    "page.easy": _("Read this in easy words"),
    "page.send": _("To send it to somebody, copy this address. To have it on paper, print this page."),
    "page.similar": _("More like this"),
}
ASKS: Group = {
    "ask.age": _("You are %(age)d or over"),
    **{f"age.{one.value}": one.label for one in SAID_REASONS},
    **{f"need.{need.code}": need.asks for need in needs.NEEDS},
    "spare.experience": _("Experience"),
    "spare.results": _("Exam results"),
}
GIVES: Group = {
    "give.interview": _("They promise you an interview"),
    "give.travel": _("They pay for your travel"),
    "give.weekly": _("They pay you every week"),
    "give.meet": _("You can meet them before you say yes"),
    "give.contact": _("One person is there for you, before and after the first day"),
    "give.training": _("You train beside the work: %(course)s"),
    **{f"support.{one.bit}": one.says for one in support.SUPPORT},
}
STEPS: Group = {
    "step.talk": _("Talk to your personal adviser, or show them this page"),
    "step.talk.more": _("Ask anything. You can still say no."),
    "step.message": _("You see the message first"),
    "step.message.more": _("Nothing goes to the business until you say yes."),
    "step.meet": _("You meet the team"),
    "step.meet.more": _("Your adviser can come with you."),
}
OWN_WAY: Group = {
    "own.tell": _("Tell your personal adviser"),
    "own.tell.more": _("They can look at it with you. You can still say no."),
    "own.go": _("Go for it on the business's own page"),
    "own.link": _("Go to %(host)s"),
    "own.by": _("Do it by %(date)s."),
    "own.words": _("Write these words there"),
    "own.promised": _("Who writes them is promised an interview."),
}
EASY: Group = {
    "easy.back": _("Back to the full page"),
    "easy.home": _("You can do it from home."),
    "easy.town": _("It is in %(town)s."),
    "easy.week": _("You get %(pounds)s a week."),
    "easy.week.from": _("You get %(pounds)s a week or more."),
    "easy.paid": _("They pay you."),
    "easy.unpaid": _("You do not get pay for this."),
    "easy.free": _("It is free."),
    "easy.hours": _("It is %(n)s hours a week."),
    "easy.early": _("The day starts very early. Ask if there is a bus."),
    "easy.starts": _("It starts on %(date)s."),
    "easy.starts.any": _("You choose with them when to start."),
    "easy.by": _("Go for it by %(date)s."),
    "easy.places.one": _("They have %(n)d place."),
    "easy.places.many": _("They have %(n)d places."),
    "easy.do": _("What you do"),
    "easy.needs": _("What you need"),
    "easy.gives": _("How they help you"),
    "easy.like": _("Do you like this?"),
    "easy.show": _("Show this page to your adviser."),
    "easy.ask": _("Ask what you want to know."),
    "easy.choose": _("You choose. You can say no."),
}
GONE: Group = {
    "gone.over": _("This one is over"),
    "gone.over.more": _("There are other things to go for."),
    "gone.closed": _("Not open just now"),
    "gone.closed.more": _("It may come back. Until then there are other things to go for."),
    "gone.see": _("See what is open"),
}
# By where they are read, in the order in which the ambassador sees them.
PAGES: tuple[tuple[str | Promise, Group], ...] = (
    (_("The list"), LIST),
    (_("The list, when nothing fits"), NOTHING),
    (_("Chips: good things in two words"), CHIPS),
    (_("Facts: pay, hours, place, dates"), FACTS),
    (_("The page of one opportunity"), PAGE),
    (_("What you need"), ASKS),
    (_("What they do for you"), GIVES),
    (_("Do you like this? Through us"), STEPS),
    (_("Do you like this? On the business's own page"), OWN_WAY),
    (_("The page in easy words"), EASY),
    (_("The page of what is over"), GONE),
)
