"""Places of work: noted, once, and approved by a coordinator."""

import pytest

from core.scope import NOBODY, scope
from opportunities.live import refresh_live
from pledges import sites
from tests import factories
from tests.opportunities import factories as offers
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_scope(db):
    with scope(NOBODY):
        yield


def test_a_site_is_inert_until_it_is_approved():
    business, by = made.pledge().employer, factories.user()
    site = sites.add_site(employer=business, postcode="NG18 1AA", name="The \x00mill", town="Mansfield")
    assert (site.name, site.approved_by) == ("The mill", None) and sites.approved_postcodes(business) == set()
    with pytest.raises(sites.SiteRefused, match="Call the business back"):
        sites.approve_site(site=site, by=by)
    made.called_back(business, by)
    for _twice in range(2):
        sites.approve_site(site=site, by=by)
    assert sites.approved_postcodes(business) == {"NG18 1AA"}


def test_the_same_site_twice_is_said():
    business = made.pledge().employer
    sites.add_site(employer=business, postcode="NG18 1AA")
    with pytest.raises(sites.SiteRefused, match="on the record already"):
        sites.add_site(employer=business, postcode="NG18 1AA")


def test_a_new_site_hides_and_shows_nothing():
    row = offers.published()
    sites.add_site(employer=row.employer, postcode="NG18 1AA")
    assert refresh_live([row.pk]) == {}
