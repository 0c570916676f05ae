"""Loading small files: every variant of each platform, every quarantine rule."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from orchestration.ingest.errors import FileRefused
from tests.support.landing import PSEUDONYMS, Known, faults_of, load, rows_of

pseudonym = PSEUDONYMS.pseudonym

# --- zoom --------------------------------------------------------------------------------------

ZOOM_HEAD = (
    "Attendee Report\r\n"
    'Report Generated:,"Feb 17, 2019 09:00:00 AM"\r\n'
    "Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered\r\n"
    'Cities for all,987 6543 2100,"Feb 16, 2019 03:45:00 PM",95,4,\r\n'
    "Host Details,\r\n"
    "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)\r\n"
    'Yes,Host,host@example.org,"Feb 16, 2019 03:30:00 PM","Feb 16, 2019 05:30:00 PM",120,\r\n'
    "Panelist Details,\r\n"
    "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)\r\n"
    'Yes,Panelist,promoted@example.org,"Feb 16, 2019 03:30:00 PM","Feb 16, 2019 05:30:00 PM",120,\r\n'
    "Attendee Details,\r\n"
)
ZOOM_HEADER = (
    "Attended,User Name (Original Name),First Name,Last Name,Email,Organization,Country/Region,"
    "Registration Time,Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,"
    "Country/Region Name,Gender,Which metropolis do you represent?"
)
FIRST_ZOOM_LINE = 13
OTHER_ATTENDED = "Other Attended,\r\nUser Name,Join Time,Leave Time\r\n34*****12,x,y\r\n"


def zoom_row(**cells: str) -> str:
    """An attendee as Zoom writes one; cells by a short name of their column."""
    row = {
        "attended": "Yes", "user": "Ana P", "first": "Ana", "last": "P", "email": "ana@example.org",
        "organisation": "", "country": "Spain", "registered": '"Feb 10, 2019 03:52:10 PM"',
        "status": "approved", "join": '"Feb 16, 2019 03:52:10 PM"', "leave": '"Feb 16, 2019 04:52:10 PM"',
        "minutes": "60", "guest": "Yes", "connection": "France", "gender": "Female", "place": "Barcelona",
    } | cells  # fmt: skip
    return ",".join(row.values())


def zoom(*rows: str, header: str = ZOOM_HEADER, tail: str = "") -> bytes:
    return ("\ufeff" + ZOOM_HEAD + "\r\n".join([header, *rows]) + "\r\n" + tail).encode("utf-8")


def test_a_zoom_row() -> None:
    loaded = load("zoom_attendees", zoom(zoom_row(email=" ANA@example.org ")))
    (row,) = rows_of(loaded, "zoom_attendees")
    assert row == {
        "source_file": "events/registrations/E2019-001__zoom.csv", "source_line": FIRST_ZOOM_LINE,
        "event_id": "E2019-001", "attended": "yes", "person_key": pseudonym("ana@example.org"),
        "country_text": "Spain", "country_code": "ES", "country_key": "ES",
        "registered_at": datetime(2019, 2, 10, 15, 52, 10), "approval_status": "approved",
        "joined_at": datetime(2019, 2, 16, 15, 52, 10), "left_at": datetime(2019, 2, 16, 16, 52, 10),
        "minutes_in_session": 60, "gender": "woman", "place_text": "Barcelona", "place_key": "barcelona",
    }  # fmt: skip


def test_zoom_no_shows_carry_dashes() -> None:
    absent = zoom_row(attended="No", join="--", leave="--", minutes="--", guest="--", connection="")
    (row,) = rows_of(load("zoom_attendees", zoom(absent)), "zoom_attendees")
    assert (row["attended"], row["joined_at"], row["left_at"], row["minutes_in_session"]) == (
        "no",
        None,
        None,
        None,
    )


def test_zoom_rows_padded_with_commas_load_and_surplus_text_does_not() -> None:
    rows = (zoom_row() + ",,,", zoom_row() + ", ,", zoom_row() + ",,more", zoom_row().rsplit(",", 1)[0])
    loaded = load("zoom_attendees", zoom(*rows))
    assert loaded.rows_read == 4
    assert loaded.rows_loaded == 2
    assert faults_of(loaded) == [
        (FIRST_ZOOM_LINE + 2, "", "column_count"),
        (FIRST_ZOOM_LINE + 3, "", "column_count"),
    ]


def test_zoom_header_padded_with_commas() -> None:
    loaded = load("zoom_attendees", zoom(zoom_row() + ",,", zoom_row(), header=ZOOM_HEADER + ",,"))
    assert (loaded.rows_loaded, loaded.quarantined, loaded.findings) == (2, [], [])


def test_zoom_callers_hosts_and_panelists_are_not_participants() -> None:
    promoted = zoom_row(email="promoted@example.org")
    loaded = load("zoom_attendees", zoom(zoom_row(), promoted, promoted, tail=OTHER_ATTENDED))
    assert loaded.rows_read == 3
    assert {row["person_key"] for row in rows_of(loaded, "zoom_attendees")} == {
        pseudonym("ana@example.org"),
        pseudonym("promoted@example.org"),
    }


@pytest.mark.parametrize(
    "joined", ["02/16/2019 03:52:10 PM", '"Feb 16, 2019 15:52:10"', '"Feb 16, 2019 03:52:10 PM"']
)
def test_zoom_times_in_every_form(joined: str) -> None:
    (row,) = rows_of(load("zoom_attendees", zoom(zoom_row(join=joined))), "zoom_attendees")
    assert row["joined_at"] == datetime(2019, 2, 16, 15, 52, 10)


def test_zoom_custom_questions_anywhere_are_reported_and_ignored() -> None:
    header = '"How did you hear, of us?",' + ZOOM_HEADER.replace(",Gender,", ',"Your ""role""",Gender,')
    row = "A friend," + zoom_row().replace(",Female,", ",Mayor,Female,")
    loaded = load("zoom_attendees", zoom(row, header=header))
    assert loaded.rows_loaded == 1
    assert [(each.severity, each.code, each.message) for each in loaded.findings] == [
        ("note", "unknown_column", "Column How did you hear, of us? is not in the contract and was left out"),
        ("note", "unknown_column", 'Column Your "role" is not in the contract and was left out'),
    ]


def test_zoom_with_a_stray_nul_byte() -> None:
    content = zoom(zoom_row()).replace(b"Barcelona", b"Barce\0lona").replace(b"Ana P,", b"A\0na P,")
    (row,) = rows_of(load("zoom_attendees", content), "zoom_attendees")
    assert row["place_text"] == "Barcelona"


def test_zoom_rows_that_are_no_registration_load_all_the_same() -> None:
    rows = [zoom_row(status=status) for status in ("approved", "pending", "Denied", "cancelled")]
    assert load("zoom_attendees", zoom(*rows)).rows_loaded == 4
    loaded = load("zoom_attendees", zoom(zoom_row(status="waiting"), zoom_row(status="")))
    assert [fault[1:] for fault in faults_of(loaded)] == [("Approval Status", "unknown_enum")]


def test_the_country_is_what_the_person_answered() -> None:
    (row,) = rows_of(
        load("zoom_attendees", zoom(zoom_row(country="", connection="France"))), "zoom_attendees"
    )
    assert (row["country_text"], row["country_code"], row["country_key"]) == ("", None, None)


# --- eventbrite --------------------------------------------------------------------------------

EVENTBRITE = (
    "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee #,Attendee Status,Gender,"
    "Company,Home Country,Which metropolis do you represent?\n"
)
ORDER = "17,2019-02-16 10:12:45+01:00,Ana,P,ana@example.org,1,General,9,{},Dona,,ES,Barcelona\n"


def test_an_eventbrite_row() -> None:
    (row,) = rows_of(
        load("eventbrite_attendees", EVENTBRITE + ORDER.format("Checked In")), "eventbrite_attendees"
    )
    assert row["person_key"] == pseudonym("ana@example.org")
    assert row["registered_at"] == datetime(2019, 2, 16, 10, 12, 45)
    assert (row["attendee_status"], row["gender"], row["country_code"], row["place_key"]) == (
        "checked in", "woman", "ES", "barcelona",
    )  # fmt: skip


@pytest.mark.parametrize(
    "status", ["Checked In", "Attending", "Not Attending", "Deleted", "Transferred", "Refunded"]
)
def test_every_eventbrite_status_loads(status: str) -> None:
    assert load("eventbrite_attendees", EVENTBRITE + ORDER.format(status)).rows_loaded == 1


def test_an_eventbrite_status_that_is_not_listed() -> None:
    loaded = load("eventbrite_attendees", EVENTBRITE + ORDER.format("Waitlisted"))
    assert faults_of(loaded) == [(2, "Attendee Status", "unknown_enum")]


def test_the_full_eventbrite_export_in_another_locale() -> None:
    header = (
        "Order #,Order Date,First Name,Surname,Email,Quantity,Price Tier,Ticket Type,Attendee #,Group,"
        "Order Type,Currency,Total Paid,Fees Paid,Attendee Status,Home City,Home Country,Gender,Company,"
        "Which metropolis do you represent?\n"
    )
    row = (
        "17,2019-02-16 10:12:45+01:00,Ana,P,ana@example.org,1,,General,9,,Free Order,EUR,0.00,0.00,Attending,"
        'Sant Boi,Spain,Mujer,"a\nb",Barcelona\n'
    )
    loaded = load("eventbrite_attendees", header + row + row)
    assert [each["source_line"] for each in rows_of(loaded, "eventbrite_attendees")] == [2, 4]
    assert len(loaded.findings) == 7
    assert not any("Surname" in each.message for each in loaded.findings)


# --- form and teams ----------------------------------------------------------------------------

FORM = (
    "\ufeffTimestamp;Email;First name;Last name;Gender;Organisation;Country;Metropolis;Attended\n"
    "16/02/2019 10:12;ana@example.org;Ana;P;Mujer;;Spain;Barcelona;{}\n"
)


@pytest.mark.parametrize(("cell", "attended"), [("X", True), ("x", True), ("", False), (" ", False)])
def test_a_form_row(cell: str, attended: bool) -> None:
    (row,) = rows_of(load("form_responses", FORM.format(cell)), "form_responses")
    assert row["attended"] is attended
    assert row["registered_at"] == datetime(2019, 2, 16, 10, 12)


def test_attended_of_a_form_beside_a_teams_file_says_nothing() -> None:
    assert faults_of(load("form_responses", FORM.format("perhaps"))) == [(2, "Attended", "unknown_enum")]
    beside = Known(beside=frozenset({"form", "teams"}))
    (row,) = rows_of(load("form_responses", FORM.format("perhaps"), beside), "form_responses")
    assert row["attended"] is False


def teams(*rows: str, join: str = "First Join", name: str = "Name", encoding: str = "utf-16") -> bytes:
    head = (
        "1. Summary\r\nMeeting title\tCities\r\nAttended participants\t2\r\nStart time\t11/14/22, 9:00:00 AM\r\n"
        f"\r\n2. Participants\r\n{name}\t{join}\tLast Leave\tIn-Meeting Duration\tEmail\t"
        "Participant ID (UPN)\tRole\r\n"
    )
    tail = "\r\n3. In-Meeting Activities\r\nName\tJoin Time\tLeave Time\r\nAna P\tx\ty\r\n"
    return (head + "".join(f"{row}\r\n" for row in rows) + tail).encode(encoding)


TEAMS_ROW = "Ana P\t{}\t{}\t1h 2m 3s\t{}\tana@example.org\t{}"
US = ("11/14/22, 9:29:07 AM", "11/14/22, 10:31:10 AM")
EUROPE = ("14/11/22, 09:29:07", "14/11/22, 10:31:10")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("join", ["First Join", "First join"])
@pytest.mark.parametrize("name", ["Name", "Full Name"])
@pytest.mark.parametrize("times", [US, EUROPE])
def test_teams_reports_in_every_variant(encoding: str, join: str, name: str, times: tuple[str, str]) -> None:
    row = TEAMS_ROW.format(*times, "Ana@example.org", "Attendee")
    loaded = load("teams_participants", teams(row, join=join, name=name, encoding=encoding))
    (landed,) = rows_of(loaded, "teams_participants")
    assert landed["joined_at"] == datetime(2022, 11, 14, 9, 29, 7)
    assert (landed["source_line"], landed["person_key"], landed["role"]) == (
        8,
        pseudonym("ana@example.org"),
        "attendee",
    )
    assert loaded.findings == []


def test_every_teams_role_loads_and_an_address_is_needed() -> None:
    roles = [TEAMS_ROW.format(*US, "a@example.org", role) for role in ("Organizer", "Presenter", "Attendee")]
    without = TEAMS_ROW.format(*US, "", "Attendee")
    loaded = load("teams_participants", teams(*roles, without))
    assert loaded.rows_loaded == 3
    assert faults_of(loaded) == [(11, "Email", "missing_required")]


SPANISH = (
    "1. Resumen\r\nTítulo de la reunión\tCiudades\r\n\r\n2. Participantes\r\n"
    "Nombre\tPrimera entrada\tÚltima salida\tDuración de la reunión\tCorreo electrónico\t"
    "Id. de participante (UPN)\tRol\r\n"
    "Ana\t22/6/21, 15:02:11\t22/6/21, 16:30:02\t1 h\tana@example.org\ta\tAsistente\r\n"
    "Bo\t22/6/21, 15:05:00\t22/6/21, 16:30:02\t1 h\tbo@example.org\tb\tOrganizador\r\n"
    "Cy\t22/6/21, 15:05:00\t22/6/21, 16:30:02\t1 h\tcy@example.org\tc\tInvitado\r\n"
    "\r\n3. Actividades en la reunión\r\nNombre\tHora\r\nAna\tx\r\n"
)
FRENCH = (
    "1. Résumé\r\n\r\n2. Participants\r\nNom\tHeure d{}arrivée\tHeure de départ\tDurée\tE-mail\tRôle\r\n"
    "Ana\t22/06/2021 15:02\t22/06/2021 16:30\t1 h\tana@example.org\tParticipant\r\n"
)


def test_a_teams_report_in_spanish() -> None:
    loaded = load("teams_participants", SPANISH.encode("utf-16"))
    assert [(row["role"], row["joined_at"]) for row in rows_of(loaded, "teams_participants")] == [
        ("attendee", datetime(2021, 6, 22, 15, 2, 11)),
        ("organizer", datetime(2021, 6, 22, 15, 5)),
    ]
    # A role that nobody has seen is not guessed.
    assert faults_of(loaded) == [(8, "Rol", "unknown_enum")]
    assert loaded.findings == []


@pytest.mark.parametrize("apostrophe", ["'", "\N{RIGHT SINGLE QUOTATION MARK}"])
def test_a_teams_report_in_french(apostrophe: str) -> None:
    (row,) = rows_of(load("teams_participants", FRENCH.format(apostrophe)), "teams_participants")
    assert (row["role"], row["left_at"]) == ("attendee", datetime(2021, 6, 22, 16, 30))


# --- the rules of quarantine -------------------------------------------------------------------

CASES = "case_id,title,city,country,status,published_on,updated_on,themes,sdgs,summary\n"


def test_of_several_faults_the_first_in_column_order_is_told() -> None:
    loaded = load("cases", CASES + "1,t,c,ES,n.d.,soon,later,,x,\n")
    assert faults_of(loaded) == [(2, "status", "unknown_enum")]
    moved = "published_on,status,case_id,title,city,country,updated_on,themes,sdgs,summary\nsoon,n.d.,1,t,c,,x,,,\n"
    assert faults_of(load("cases", moved)) == [(2, "published_on", "bad_date")]


def test_invalid_bytes_come_before_the_count_and_the_count_before_cells() -> None:
    rows = [b"1,\xff\n", b"1,t\n", b",,,,,,,,,\n"]
    loaded = load("cases", CASES.encode() + b"".join(rows))
    assert faults_of(loaded) == [
        (2, "", "invalid_utf8"),
        (3, "", "column_count"),
        (4, "case_id", "missing_required"),
    ]


def test_a_case_needs_its_day_unless_it_is_a_draft() -> None:
    row = "1,t,c,ES,{},{},2019-01-01,,,\n"
    assert load("cases", CASES + row.format("Draft", "")).rows_loaded == 1
    assert load("cases", CASES + row.format("draft", "2019-01-01")).rows_loaded == 1
    for status in ("published", "withdrawn"):
        assert faults_of(load("cases", CASES + row.format(status, " "))) == [
            (2, "published_on", "missing_required")
        ]


def test_quoted_line_feeds_do_not_move_the_lines_below() -> None:
    text = CASES + '1,"t\nu",c,ES,draft,,2019-01-01,a | b,11 | 5,"one\n\ntwo"\n\n2,t,c,ES,draft,,never,,,\n'
    loaded = load("cases", text)
    (row,) = rows_of(loaded, "cases")
    assert (row["source_line"], row["title"], row["themes"], row["sdgs"]) == (2, "t\nu", "a|b", "11|5")
    assert faults_of(loaded) == [(7, "updated_on", "bad_date")]
    assert "summary" not in row


LEDGER = (
    "entry_no;posting_date;type;category;counterparty;project;fee_year;amount;currency;eur_rate;reverses\r\n"
)


def test_a_ledger_entry() -> None:
    text = LEDGER + "7;16/02/2019;Invoice;membership_fee; Málaga ;P001;2019;1.234,56;EUR;1;\r\n"
    (row,) = rows_of(load("ledger", text.encode("cp1252")), "ledger")
    assert row["posting_date"] == date(2019, 2, 16)
    assert (row["amount"], row["eur_rate"], row["fee_year"]) == (Decimal("1234.5600"), Decimal(1), 2019)
    assert (row["counterparty_text"], row["counterparty_key"]) == (" Málaga ", "malaga")


@pytest.mark.parametrize("category", ["membership_fee", "Membership_fee", " MEMBERSHIP_FEE "])
def test_a_counterparty_is_place_text_for_a_membership_fee_only(category: str) -> None:
    entry = "{};16/02/2019;income;{};Málaga;;;1,00;EUR;1;\r\n"
    text = LEDGER + entry.format(7, "other") + entry.format(8, category)
    rows = rows_of(load("ledger", text.encode("cp1252")), "ledger")
    assert [row["counterparty_text"] for row in rows] == ["Málaga", "Málaga"]
    assert [row["counterparty_key"] for row in rows] == [None, "malaga"]


def test_a_rate_of_euros_is_one() -> None:
    entry = "{};16/02/2019;income;other;x;;;1,00;{};{};\r\n"
    entries = [("EUR", "1,00"), (" eur ", "1"), ("EUR", "0,9"), ("eur", "2"), ("USD", "0,9"), ("EUR", "")]
    text = LEDGER + "".join(entry.format(number, *each) for number, each in enumerate(entries))
    loaded = load("ledger", text.encode("cp1252"))
    assert [row["source_line"] for row in rows_of(loaded, "ledger")] == [2, 3, 6]
    assert faults_of(loaded) == [
        (4, "eur_rate", "bad_number"), (5, "eur_rate", "bad_number"), (7, "eur_rate", "missing_required"),
    ]  # fmt: skip
    assert loaded.quarantined[0].reason == 'eur_rate: "0,9" is not 1, where currency is EUR'


def test_an_entry_is_a_duplicate_only_of_one_that_loaded() -> None:
    row = "{};16/02/2019;income;other;x;;;{};EUR;1;\r\n"
    rows = [("7", "0"), ("7", "1"), ("8", "1"), ("7", "2"), (" 8 ", "0")]
    loaded = load("ledger", (LEDGER + "".join(row.format(*each) for each in rows)).encode("cp1252"))
    assert [each["source_line"] for each in rows_of(loaded, "ledger")] == [3, 4]
    assert faults_of(loaded) == [
        (2, "amount", "bad_amount"),
        (5, "entry_no", "duplicate_entry"),
        (6, "entry_no", "duplicate_entry"),
    ]


def test_a_reversal_names_its_entry() -> None:
    row = "{};16/02/2019;{};other;x;;;1;EUR;1;{}\r\n"
    rows = [("1", "income", ""), ("2", "Reversal", ""), ("3", "reversal", "1"), ("4", "reversal", "99")]
    loaded = load("ledger", (LEDGER + "".join(row.format(*each) for each in rows)).encode("cp1252"))
    assert loaded.rows_loaded == 3
    assert faults_of(loaded) == [(3, "reverses", "missing_required")]


def test_references_are_to_loaded_rows() -> None:
    speakers = "event_id,email,full_name,gender,organisation,country\n{},{},Ana P,,,\n"
    assert load("speakers", speakers.format("E2019-001", "a@example.org")).rows_loaded == 1
    loaded = load("speakers", speakers.format("E2019-999", "a@example.org"))
    assert faults_of(loaded) == [(2, "event_id", "unknown_event")]
    assert loaded.quarantined[0].reason == 'event_id: "E2019-999" is in no loaded row of programme'
    slipped = load("speakers", speakers.format("Ana P", "a@example.org"))
    assert slipped.quarantined[0].reason == "event_id: the value is in no loaded row of programme"
    leaders = "member_id,title,gender,from_date,to_date\nM009,Mayor,F,2019-01-01,\nM001,Mayor,F,2019-01-01,\n"
    assert faults_of(load("leaders", leaders)) == [(2, "member_id", "unknown_member")]
    names = "member_id,name,language\nM009,X,en\n"
    assert faults_of(load("member_names", names)) == [(2, "member_id", "unknown_member")]
    meetings = "event_id,member\nE2019-009,X\nE2019-001,\n"
    assert faults_of(load("meetings", meetings)) == [
        (2, "event_id", "unknown_event"),
        (3, "member", "missing_required"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("governance", "body,seat,gender,member,from_date,to_date\nregional_secretariat,s,,,2019-01-01,\n"),
        ("wmd_activities", "activity,held_on,organiser,member\na,2019-01-01,o,\n"),
        ("drawings", "drawing_id,city,country,age,received_on\n1,,,,2019-01-01\n"),
        ("egi_cities", "city,country\n,ES\n"),
        ("city_makers", "user_id,registered_on,status,organisation,city,country\n1,2019-01-01,active,,,\n"),
        ("publications",
         "title,published_on,origin,member,gender_perspective,mentions\nt,2019-01-01,metropolis,,,\n"),
        ("speakers",
         "event_id,email,full_name,gender,organisation,country\nE2019-001,a@example.org,,,,\n"),
        ("videos", "title,published_on,project\nt,2019-01-01,\n"),
    ],
)  # fmt: skip
def test_what_may_be_blank(source: str, text: str) -> None:
    loaded = load(source, text)
    assert (loaded.rows_loaded, loaded.quarantined) == (1, [])


def test_a_gender_that_is_not_listed_in_a_register() -> None:
    loaded = load(
        "staff", "role,gender,contract,from_date,to_date\nr, mujer ,intern,2019-01-01,\nr,w,intern,x,\n"
    )
    assert rows_of(loaded, "staff")[0]["gender"] == "woman"
    assert faults_of(loaded) == [(3, "gender", "unknown_enum")]


def test_a_country_that_is_none_loads() -> None:
    (row,) = rows_of(load("egi_cities", "city,country\nLisbon,Narnia \n"), "egi_cities")
    assert (row["country_text"], row["country_code"], row["country_key"]) == ("Narnia ", None, "narnia")


def test_lists_of_places_keep_their_order_and_lose_blanks() -> None:
    text = "url,title,published_on,members\nu,t,2019-01-01,Lisboa | | ТАІРЕІ|\n"
    rows = rows_of(load("news", text), "news_members")
    assert [(r["source_line"], r["position"], r["place_text"], r["place_key"]) for r in rows] == [
        (2, 1, "Lisboa", "lisboa"),
        (2, 2, "ТАІРЕІ", "taipei"),
    ]


# --- initiatives -------------------------------------------------------------------------------


def initiative(**values: Any) -> dict[str, Any]:
    return {
        "id": "1", "title": "t", "city": "Lisbon", "country": "PT", "uploaded_at": "2019-12-31T23:30:00+00:00",
        "language": "en", "themes": ["a", "b"], "status": "published",
    } | values  # fmt: skip


def test_an_initiative_has_the_day_of_the_madrid_clock() -> None:
    (row,) = rows_of(load("initiatives", json.dumps([initiative()])), "initiatives")
    assert row["uploaded_at"] == datetime(2019, 12, 31, 23, 30)
    assert row["uploaded_on"] == date(2020, 1, 1)
    assert row["themes"] == "a|b"


def test_rows_of_an_array_are_judged_one_by_one() -> None:
    elements = [
        initiative(), "no object", initiative(title=None), initiative(uploaded_at="in spring"),
        initiative(status="hidden"), initiative(title="\ud800"), initiative(id=12, city=None),
    ]  # fmt: skip
    loaded = load("initiatives", json.dumps(elements))
    assert [row["id"] for row in rows_of(loaded, "initiatives")] == ["1", "12"]
    assert faults_of(loaded) == [
        (2, "", "column_count"),
        (3, "title", "missing_required"),
        (4, "uploaded_at", "bad_date"),
        (5, "status", "unknown_enum"),
        (6, "", "invalid_utf8"),
    ]


def test_keys_that_no_contract_knows_are_reported() -> None:
    loaded = load("initiatives", json.dumps([initiative(likes=3), initiative(id="2", likes=4, x=None)]))
    assert loaded.rows_loaded == 2
    assert [each.message for each in loaded.findings] == [
        "Column likes is not in the contract and was left out",
        "Column x is not in the contract and was left out",
    ]


# --- headers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "project,published_on,title",
        " Title , PUBLISHED_ON ,project",
        "ti\u200btle,published_on,project\u00a0",
        '"title","published_on","project"',
    ],
)
def test_columns_are_found_by_name(header: str) -> None:
    names = [name.strip(' "\u00a0').replace("\u200b", "").casefold() for name in header.split(",")]
    cells = {"title": "t", "published_on": "2019-01-01", "project": "P001"}
    text = header + "\n" + ",".join(cells[name] for name in names) + "\n"
    (row,) = rows_of(load("videos", text), "videos")
    assert (row["title"], row["published_on"], row["project"]) == ("t", date(2019, 1, 1), "P001")


@pytest.mark.parametrize("with_rows", [True, False])
def test_a_missing_column_refuses_the_file(with_rows: bool) -> None:
    text = "title,project\n" + ("t,P001\n" if with_rows else "")
    with pytest.raises(FileRefused) as caught:
        load("videos", text)
    assert caught.value.found == "a header without published_on; the first cells title, project"
    assert caught.value.expected == "the columns title, published_on, project"


def test_a_column_that_comes_twice_refuses_the_file() -> None:
    with pytest.raises(FileRefused, match="column title twice"):
        load("videos", "title,published_on,project,Title\n")


def test_a_header_of_another_file_is_refused_without_a_word_of_its_rows() -> None:
    with pytest.raises(FileRefused) as caught:
        load("form_responses", "Ana P;ana@example.org\nx;y\n")
    assert "Ana" not in str(caught.value)
    assert "example" not in str(caught.value)


def test_an_unknown_column_is_told_without_bytes_that_are_no_text_and_without_addresses() -> None:
    header = b"title,published_on,project,x\xff,ask ana@example.org\n"
    loaded = load("videos", header + b"t,2019-01-01,,,\n")
    assert [each.message.split(" is not")[0] for each in loaded.findings] == [
        "Column x?",
        "Column ask (address)",
    ]


def test_a_file_with_a_header_alone_has_no_rows() -> None:
    loaded = load("videos", "title,published_on,project\n")
    assert (loaded.rows_read, loaded.rows_loaded, loaded.quarantined) == (0, 0, [])
    assert loaded.tables["videos"].num_rows == 0


# --- persons -----------------------------------------------------------------------------------


def test_an_address_typed_as_a_place_is_not_stored() -> None:
    row = zoom_row(place="ana@example.org", country="Spain (ana@example.org)")
    (landed,) = rows_of(load("zoom_attendees", zoom(row)), "zoom_attendees")
    assert (landed["place_text"], landed["country_text"]) == ("(address)", "Spain ((address))")
    assert "example" not in str(landed)


def test_the_reason_of_a_person_s_row_holds_no_cell_of_it() -> None:
    rows = [
        zoom_row(registered="Ana P"), zoom_row(status="Ana P"), zoom_row(gender="ana@example.org"),
        zoom_row(minutes="Ana P"), zoom_row(email=""), zoom_row() + ",Ana P",
    ]  # fmt: skip
    loaded = load("zoom_attendees", zoom(*rows))
    assert len(loaded.quarantined) == len(rows)
    for row in loaded.quarantined:
        assert "Ana" not in row.reason and "@" not in row.reason
