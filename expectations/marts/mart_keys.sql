-- One row a mart: rows whose key is blank, and rows whose key another row has too. The figures have their own suite.
with

keys as (

    select
        'annex_activity' as mart,
        member_id as key
    from annex_activity

    union all

    select
        'annex_engagement' as mart,
        member_id as key
    from annex_engagement

    union all

    select
        'calendar' as mart,
        event_id as key
    from calendar

    union all

    select
        'events' as mart,
        event_id as key
    from events

    union all

    select
        'figure_changes' as mart,
        figure_id as key
    from figure_changes

    union all

    select
        'funding_sources' as mart,
        category as key
    from funding_sources

    union all

    select
        'funds_use' as mart,
        project as key
    from funds_use

    union all

    select
        'gender_impact' as mart,
        item as key
    from gender_impact

    union all

    select
        'initiatives' as mart,
        initiative_id as key
    from initiatives

    union all

    select
        'ledger_entries' as mart,
        entry_no as key
    from ledger_entries

    union all

    select
        'member_engagements' as mart,
        member_id || ' · ' || engagement || ' · ' || source_file || ' · ' || source_line as key
    from member_engagements

    union all

    select
        'members' as mart,
        member_id as key
    from members

    union all

    select
        'practices' as mart,
        case_id as key
    from practices

    union all

    select
        'publications' as mart,
        source_file || ' · ' || source_line as key
    from publications

    union all

    select
        'reconciliation' as mart,
        kind || ' · ' || key as key
    from reconciliation

    union all

    select
        'resolved_places' as mart,
        source_file || ' · ' || text || ' · ' || coalesce(country, '') as key
    from resolved_places

    union all

    select
        'unresolved_places' as mart,
        source_file || ' · ' || text || ' · ' || coalesce(country, '') as key
    from unresolved_places

),

counted as (

    select
        mart,
        key,
        count(*) as copies
    from keys
    group by
        mart,
        key

),

final as (

    select
        mart,
        sum(copies) as rows,
        coalesce(sum(copies) filter (where key is null), 0) as rows_without_key,
        coalesce(sum(copies - 1) filter (where key is not null), 0) as rows_repeated,
        coalesce(min(key) filter (where copies > 1), '') as first_repeated
    from counted
    group by mart

)

select * from final
order by mart
