-- One row a table that personal data could reach: persons that are no pseudonym, texts that hold an e-mail address.
with

final as (

    select
        'zoom_attendees' as landing_table,
        count(*) filter (where regexp_full_match(person_key, '[0-9a-f]{32}') is not true) as persons_in_clear,
        0 as texts_with_an_address
    from landing.zoom_attendees

    union all

    select
        'eventbrite_attendees' as landing_table,
        count(*) filter (where regexp_full_match(person_key, '[0-9a-f]{32}') is not true) as persons_in_clear,
        0 as texts_with_an_address
    from landing.eventbrite_attendees

    union all

    select
        'form_responses' as landing_table,
        count(*) filter (where regexp_full_match(person_key, '[0-9a-f]{32}') is not true) as persons_in_clear,
        0 as texts_with_an_address
    from landing.form_responses

    union all

    select
        'teams_participants' as landing_table,
        count(*) filter (where regexp_full_match(person_key, '[0-9a-f]{32}') is not true) as persons_in_clear,
        0 as texts_with_an_address
    from landing.teams_participants

    union all

    select
        'speakers' as landing_table,
        count(*) filter (where regexp_full_match(person_key, '[0-9a-f]{32}') is not true) as persons_in_clear,
        0 as texts_with_an_address
    from landing.speakers

    union all

    select
        'quarantine' as landing_table,
        0 as persons_in_clear,
        count(*) filter (
            where regexp_matches(reason, '[[:alnum:]._%+-]+@[[:alnum:]-]+\.[[:alnum:]]')
        ) as texts_with_an_address
    from landing.quarantine

    union all

    select
        'findings' as landing_table,
        0 as persons_in_clear,
        count(*) filter (
            where regexp_matches(message, '[[:alnum:]._%+-]+@[[:alnum:]-]+\.[[:alnum:]]')
        ) as texts_with_an_address
    from landing.findings

)

select * from final
