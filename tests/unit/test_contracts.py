"""Contracts declare every source and column once, and are consistent."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.ingest.contracts import (
    REGISTRATION_FILE,
    UNSTORED_TYPES,
    Contract,
    ContractBroken,
    load_contract,
    load_contracts,
    load_vocabulary,
    owner_of,
)
from orchestration.ingest.errors import Reason
from orchestration.ingest.parsers import column_parser
from orchestration.ingest.schema import landing_tables, main_table

CONTRACTS = load_contracts()
COLUMNS = {
    "events/programme.csv": "event_id title start_date end_date kind format organiser_role scope action_line "
    "gender_perspective learning platform city country sessions",
    "events/speakers.csv": "event_id email full_name gender organisation country",
    "use/cases.csv": "case_id title city country status published_on updated_on themes sdgs summary",
    "use/city_makers.csv": "user_id registered_on status organisation city country",
    "c4gh/initiatives.json": "id title city country uploaded_at language themes status",
    "fees/ledger.csv": "entry_no posting_date type category counterparty project fee_year amount currency "
    "eur_rate reverses",
    "registers/members.csv": "member_id name country region joined_on left_on board_member",
    "registers/member_names.csv": "member_id name language accepted_by accepted_on",
    "registers/leaders.csv": "member_id title gender from_date to_date",
    "registers/governance.csv": "body seat gender member from_date to_date",
    "registers/projects.csv": "project_code name gender_coordination",
    "registers/pilots.csv": "pilot member role",
    "registers/meetings.csv": "event_id member",
    "registers/indicators.csv": "space member",
    "registers/egi_cities.csv": "city country",
    "registers/partners.csv": "partner category gender_alliance active_from active_to",
    "registers/agreements.csv": "agreement_id counterparty counterparty_type signed_on ends_on gender_clause",
    "registers/policy_statements.csv": "title issued_on gender_perspective",
    "registers/campaigns.csv": "title starts_on ends_on gender_approach",
    "registers/wmd_activities.csv": "activity held_on organiser member",
    "registers/drawings.csv": "drawing_id city country age received_on",
    "registers/observatories.csv": "name active_from active_to",
    "registers/learning_products.csv": "title kind uploaded_on",
    "registers/gender_actions.csv": "action kind done_on",
    "registers/gender_engagement.csv": "member activity",
    "registers/activities.csv": "activity_id project_code title held_on gender_approach",
    "registers/staff.csv": "role gender contract from_date to_date",
    "registers/action_plan.csv": "code title status",
    "website/news.csv": "url title published_on members",
    "website/publications.csv": "title published_on origin member gender_perspective mentions",
    "website/videos.csv": "title published_on project",
    "website/social.csv": "date network followers",
    "accepted.csv": "source_file source_line reason_code reason by on",
    "corrections.csv": "source_file key field old new reason by on",
    "restatements.csv": "kind key old new reason by on",
    "published/figures.csv": "figure_id printed value qualifier step",
    "published/known_differences.csv": "kind key printed computed reason owner",
}
PLATFORM_HEADERS = {
    "zoom": [
        "Attended", "User Name (Original Name)", "First Name", "Last Name", "Email", "Organization",
        "Country/Region", "Registration Time", "Approval Status", "Join Time", "Leave Time",
        "Time in Session (minutes)", "Is Guest", "Country/Region Name", "Gender",
        "Which metropolis do you represent?",
    ],
    "eventbrite": [
        "Order #", "Order Date", "First Name", "Last Name", "Email", "Quantity", "Ticket Type", "Attendee #",
        "Attendee Status", "Gender", "Company", "Home Country", "Which metropolis do you represent?",
    ],
    "form": ["Timestamp", "Email", "First name", "Last name", "Gender", "Organisation", "Country",
             "Metropolis", "Attended"],
    "teams": ["Name", "First Join", "Last Leave", "In-Meeting Duration", "Email", "Participant ID (UPN)",
              "Role"],
}  # fmt: skip
# Rules 17 and 33: what may be blank, beside booleans and genders, whose blank is an answer.
MAY_BE_BLANK = {
    "city", "country", "organisation", "first_name", "last_name", "sessions", "left_on", "to_date", "ends_on",
    "active_to",
}  # fmt: skip


def test_every_source_has_a_contract_with_its_columns() -> None:
    found = {c.file: [column.headers[0] for column in c.columns] for c in CONTRACTS.values()}
    for file, columns in COLUMNS.items():
        assert found[file] == columns.split(), file
    annexes = {"published/annex_activity.csv", "published/annex_engagement.csv"}
    platforms = {f"events/registrations/*__{name}.csv" for name in PLATFORM_HEADERS}
    assert set(found) == set(COLUMNS) | annexes | platforms


@pytest.mark.parametrize("platform", sorted(PLATFORM_HEADERS))
def test_platforms_have_the_columns_that_they_export(platform: str) -> None:
    contract = next(each for each in CONTRACTS.values() if each.per_event == platform)
    assert [column.headers[0] for column in contract.columns] == PLATFORM_HEADERS[platform]


def test_what_is_beside_the_exports_is_optional_and_nothing_else() -> None:
    optional = {c.file for c in CONTRACTS.values() if c.optional}
    assert optional == {
        "accepted.csv", "corrections.csv", "restatements.csv", "published/figures.csv", "published/annex_activity.csv",
        "published/annex_engagement.csv", "published/known_differences.csv",
    }  # fmt: skip


def test_dialects_are_those_of_the_description() -> None:
    ledger, teams = CONTRACTS["ledger"].format, CONTRACTS["teams_participants"].format
    assert (ledger.encodings, ledger.delimiter, ledger.thousands, ledger.decimal) == (
        ("cp1252",), ";", ".", ",",
    )  # fmt: skip
    assert ledger.workbook is not None and (ledger.workbook.file, ledger.workbook.sheet) == (
        "fees/ledger.xlsx",
        "Ledger",
    )
    assert set(teams.encodings) == {"utf-16", "utf-8"} and teams.delimiter == "\t"
    assert CONTRACTS["form_responses"].format.delimiter == ";"
    others = {c.source for c in CONTRACTS.values()} - {"ledger", "teams_participants", "form_responses"}
    assert all(CONTRACTS[name].format.encodings == ("utf-8",) for name in others)
    assert all(CONTRACTS[name].format.delimiter == "," for name in others)


@pytest.mark.parametrize("source", sorted(CONTRACTS))
def test_a_contract_is_whole(source: str) -> None:
    contract = CONTRACTS[source]
    assert contract.description and contract.grain and contract.owner
    headers = [name.casefold() for column in contract.columns for name in column.headers]
    assert len(set(headers)) == len(headers)
    names = {column.name for column in contract.columns}
    # A speaker's row is known by the pseudonym that it lands with.
    assert set(contract.key) <= names | {"person_key"}
    for column in contract.columns:
        assert column.description
        assert set(column.when) | set(column.required_unless) | set(column.required_when) <= names
        assert column.country is None or column.country in names
        assert column.references in (None, "programme", "members")
        assert column.unique is None or Reason(column.unique)
        assert bool(column.values) == (column.type == "enum")
        assert callable(column_parser(column, contract, column.headers[0]))


@pytest.mark.parametrize("source", sorted(CONTRACTS))
def test_only_what_may_be_blank_may_be_blank(source: str) -> None:
    contract = CONTRACTS[source]
    ids = {"event_id", "case_id", "id", "user_id", "entry_no", "member_id", "project_code", "agreement_id",
           "drawing_id", "activity_id", "code", "email"}  # fmt: skip
    for column in contract.columns:
        is_needed = column.name in ids or column.name in {"title", "status", "kind", "type", "name"}
        if is_needed or (column.type == "date" and column.name not in MAY_BE_BLANK | {"published_on"}):
            assert column.required, column.name
        if column.name in MAY_BE_BLANK:
            assert not column.required, column.name


def test_personal_sources_land_no_name_and_no_address() -> None:
    personal = {c.source for c in CONTRACTS.values() if c.personal}
    assert personal == {
        "zoom_attendees", "eventbrite_attendees", "form_responses", "teams_participants", "speakers",
    }  # fmt: skip
    for contract in CONTRACTS.values():
        landed = {column.name for column in main_table(contract).columns}
        assert ("person_key" in landed) == contract.personal
        assert not landed & {"email", "first_name", "last_name", "full_name", "user_name", "participant_id"}
        for column in contract.columns:
            assert (column.type in ("personal", "email")) <= contract.personal
            assert (column.type in UNSTORED_TYPES) <= (not column.is_stored)


def test_landing_tables_have_names_and_types_of_their_own() -> None:
    tables = landing_tables(CONTRACTS)
    assert len({table.name for table in tables}) == len(tables)
    for table in tables:
        assert isinstance(table.schema, pa.Schema)
        assert len(set(table.schema.names)) == len(table.columns)
        assert all(column.description for column in table.columns)


def test_vocabularies_hold_every_answer() -> None:
    gender = load_vocabulary("gender")
    answers = {
        "woman": "Woman Female F Mujer Femme Dona",
        "man": "Man Male M Hombre Homme Home",
    }
    for meaning, texts in answers.items():
        assert all(gender[text.casefold()] == meaning for text in texts.split())
    for text in ("Non-binary", "No binario", "Non binaire", "Other"):
        assert gender[text.casefold()] == "non_binary"
    for text in ("", "Prefer not to say", "N/A"):
        assert gender[text.casefold()] == "undisclosed"
    assert len(gender) == 19
    boolean = load_vocabulary("boolean")
    assert {text for text, meaning in boolean.items() if meaning == "yes"} == {"yes", "true", "1", "x"}
    assert {text for text, meaning in boolean.items() if meaning == "no"} == {"", "no", "false", "0"}


def test_reason_codes_are_the_closed_list() -> None:
    assert {reason.value for reason in Reason} == {
        "bad_date", "column_count", "unknown_enum", "unknown_event", "unknown_member", "invalid_utf8",
        "missing_required", "bad_amount", "bad_number", "duplicate_entry", "stray_quote",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "event_id", "platform"),
    [
        ("events/registrations/E2021-014__zoom.csv", "E2021-014", "zoom"),
        ("events/registrations/E2021-014__teams.csv", "E2021-014", "teams"),
        ("events/registrations/a__b__form.csv", "a__b", "form"),
    ],
)
def test_a_registrations_file_is_named_by_event_and_platform(path: str, event_id: str, platform: str) -> None:
    match = REGISTRATION_FILE.match(path)
    assert match is not None
    assert (match["event_id"], match["platform"]) == (event_id, platform)


@pytest.mark.parametrize(
    "path",
    [
        "events/registrations/E2021-014_zoom.csv",
        "events/registrations/E2021-014__webex.csv",
        "events/registrations/old/E2021-014__zoom.csv",
        "events/registrations/E2021-014__zoom (1).csv",
        "events/registrations/E2021-014__zoom.xlsx",
    ],
)
def test_other_names_are_no_registrations_file(path: str) -> None:
    assert REGISTRATION_FILE.match(path) is None


def test_a_column_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="news has no column colour"):
        CONTRACTS["news"].column("colour")


def test_every_word_of_another_wording_says_where_it_was_seen() -> None:
    for contract in CONTRACTS.values():
        for column in contract.columns:
            for word in (*column.aliases, *column.words):
                assert word.word and word.seen_in and word.language in ("en", "es", "fr")
            assert {word.means for word in column.words} <= set(column.values)


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda each: each.source)
def test_promises_speak_of_columns_that_there_are(contract: Contract) -> None:
    landed = {column.name for column in main_table(contract).columns}
    dates = {name for name in (contract.dated_by, *contract.dates_in_order) if name}
    assert dates <= landed
    assert set(contract.one_row_each) <= landed
    stored = {column.name for column in contract.columns if column.is_stored}
    assert {column.same_within for column in contract.columns if column.same_within} <= stored
    assert len(contract.dates_in_order) in (0, 2)
    # Whatever only grows has its rows every year.
    assert contract.expected_every_year or not contract.cumulative


def test_what_everything_rests_on_is_the_register_of_members_and_the_programme() -> None:
    assert {source for source, contract in CONTRACTS.items() if contract.spine} == {"members", "programme"}


@pytest.mark.parametrize(
    ("file", "owner"),
    [
        ("fees/ledger.xlsx", "finance"),
        ("events/registrations/E2021-001__zoom.csv", "events team"),
        ("events/registrations", "events team"),
        ("notes.txt", ""),
    ],
)
def test_a_file_or_folder_has_the_owner_of_its_contract(file: str, owner: str) -> None:
    assert owner_of(file, CONTRACTS) == owner


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("cumulative: true", "cumulativ: true", "line 7: cumulativ: no such key"),
        (
            "required: true, header: Title",
            "requierd: true, header: Title",
            "line 9: columns.0.requierd: no such key",
        ),
        ("encoding: utf-8", "encodnig: utf-8", "line 6: format.encoding: Field required"),
        ("type: text", "type: txet", "line 9: columns.0.type: Input should be 'amount'"),
        ("owner: web team\n", "", "line 1: owner: Field required"),
        ("[title]", "[title", "no YAML: "),
    ],
)
def test_a_broken_contract_is_refused_by_file_and_line(
    tmp_path: Path, before: str, after: str, sentence: str
) -> None:
    whole = (
        "source: talks\ndescription: Talks\ngrain: one row a talk\nowner: web team\nfile: website/talks.csv\n"
        "format: {kind: delimited, encoding: utf-8}\ncumulative: true\ncolumns:\n"
        "  - {name: title, type: text, required: true, header: Title, description: Its title}\nkey: [title]\n"
    )
    path = tmp_path / "talks.yml"
    path.write_text(whole, encoding="utf-8")
    assert load_contract(path).columns[0].headers == ("Title",)
    assert before in whole
    path.write_text(whole.replace(before, after), encoding="utf-8")
    with pytest.raises(ContractBroken) as refused:
        load_contract(path)
    assert str(refused.value).startswith("talks.yml, line ") and sentence in str(refused.value)
