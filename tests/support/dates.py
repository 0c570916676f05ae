"""Days of a report year and around it, and the date formats of the exports."""

from datetime import date, datetime, timedelta
from random import Random

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_of(rng: Random, year: int) -> date:
    """A day of the year."""
    first = date(year, 1, 1)
    return first + timedelta(days=rng.randrange((date(year, 12, 31) - first).days + 1))


def day_between(rng: Random, first: date, last: date) -> date:
    """A day from ``first`` to ``last``, both included."""
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def edges(year: int) -> list[date]:
    """The days on either side of the year's two ends."""
    return [date(year, 1, 1), date(year, 12, 31), date(year - 1, 12, 31), date(year + 1, 1, 1)]


def spread(rng: Random, year: int, count: int, dirt: bool) -> list[date]:
    """``count`` days: all of the year, or with its edges and some days of other years too."""
    if not dirt:
        return [day_of(rng, year) for _ in range(count)]
    days = edges(year)[:count]
    while len(days) < count:
        roll = rng.random()
        other = year - 1 if roll < 0.1 else year + 1 if roll < 0.13 else year
        days.append(day_between(rng, date(other, 1, 1), date(other, 1, 31)) if other > year
                    else day_of(rng, other))  # fmt: skip
    return days


def moment_before(rng: Random, day: date, most_days: int) -> datetime:
    """A minute on one of the ``most_days`` days before a day."""
    start = datetime(day.year, day.month, day.day) - timedelta(days=most_days)
    return start + timedelta(minutes=rng.randrange(most_days * 24 * 60))


def iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def day_month_year(day: date) -> str:
    """``31/12/2020``, as in the ledger."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def form_time(moment: datetime) -> str:
    """``31/12/2020 23:29``, as in an own form."""
    return f"{day_month_year(moment.date())} {moment:%H:%M}"


def eventbrite_time(moment: datetime) -> str:
    """``2021-02-16 10:12:45+01:00``, with the summer offset in the middle of the year."""
    offset = "+02:00" if 4 <= moment.month <= 10 else "+01:00"
    return f"{moment:%Y-%m-%d %H:%M:%S}{offset}"


def zoom_time(moment: datetime, form: int) -> str:
    """``Feb 16, 2021 03:52:10 PM``, ``02/16/2021 03:52:10 PM`` or ``Feb 16, 2021 15:52:10``."""
    half = "AM" if moment.hour < 12 else "PM"
    clock = f"{(moment.hour + 11) % 12 + 1:02d}:{moment:%M:%S} {half}"
    words = f"{MONTHS[moment.month - 1]} {moment.day:02d}, {moment.year:04d}"
    if form == 1:
        return f"{moment.month:02d}/{moment.day:02d}/{moment.year:04d} {clock}"
    return f"{words} {moment:%H:%M:%S}" if form == 2 else f"{words} {clock}"


def teams_time(moment: datetime, form: int) -> str:
    """``11/14/22, 9:29:07 AM``, or on a 24-hour clock ``14/11/22, 09:29:07``."""
    short = moment.year % 100
    if form == 1:
        return f"{moment.day:02d}/{moment.month:02d}/{short:02d}, {moment:%H:%M:%S}"
    half = "AM" if moment.hour < 12 else "PM"
    hour = (moment.hour + 11) % 12 + 1
    return f"{moment.month}/{moment.day}/{short:02d}, {hour}:{moment:%M:%S} {half}"
