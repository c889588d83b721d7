"""Rows of this room for tests, made through its verbs."""

import datetime as dt
import io

from core import clock
from pledges import checks, services
from pledges.models import PledgeKind
from pledges.reading import Reach
from tests import factories

HEADER = (
    "Business,Contact role,Email,Phone,Workplace postcode,Town,Employees,Pledge,How many,Sector,In their words,"
    "By (month),Publish simple version if silent?,Where"
)


def kind(code="ringfenced-job"):
    return PledgeKind.objects.get(code=code)


def event(*, partnership="nottinghamshire", owner=None, days=0, **more):
    values = {"name": "Northmoor breakfast", "place": "The ground", **more}
    return services.make_event(
        held_on=clock.today() + dt.timedelta(days=days),
        partnership=factories.partnership(partnership),
        owner=owner or factories.user("Amina"),
        **values,
    )


def reach(email="jo@oldbank.example", phone="", **more):
    return Reach(email=email, phone=phone, **more)


def pledge(*, event=None, code="ringfenced-job", business="Old Bank Kitchen", **more):
    values = {"places": 2, "reach": reach(), "source": "form", **more}
    return services.make_pledge(event=event, kind=kind(code), business=business, **values)


def called_back(employer, by, *, weight="", on=None):
    on = on or clock.today()
    return checks.record_call_back(
        employer=employer, by=by, on=on, spoke_to="the owner", found_by="register", weight=weight
    )


def checked(employer, *, weight="", by=None, second=None):
    """Passed by two people, with every paper."""
    by, second, today = by or factories.user(), second or factories.user(), clock.today()
    check = called_back(employer, by, weight=weight)
    year = today + dt.timedelta(days=365)
    check = checks.agree_first(
        check=check, by=by, on=today, because="I met them", insurance_until=year, visited_on=today
    )
    if check.weight != "light":
        check = checks.agree_second(check=check, by=second, on=today, because="So did I")
    employer.refresh_from_db()
    return check


def row(**cells):
    """One good row of the usual sheet; months in the next year."""
    good = {
        "Business": "Sycamore Joinery",
        "Contact role": "owner",
        "Email": "hello@sycamore-joinery.example",
        "Phone": "01632 960001",
        "Workplace postcode": "NG18 1AA",
        "Town": "Mansfield",
        "Employees": "1-9",
        "Pledge": "work experience",
        "How many": "2",
        "Sector": "construction-and-trades",
        "In their words": "A week at the bench",
        "By (month)": f"{clock.today().year + 1}-03",
        "Publish simple version if silent?": "yes",
        "Where": "table 2",
    }
    return {**good, **cells}


def csv_of(*rows, delimiter=",", header=None):
    """A CSV file as bytes in UTF-8."""
    import csv

    names = header or list(row())
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def xlsx_of(table):
    """An XLSX file as bytes."""
    import openpyxl

    book = openpyxl.Workbook()
    for cells in table:
        book.active.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
