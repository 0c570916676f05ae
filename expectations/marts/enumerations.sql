-- One row a value of a column that knows only so many.
with

valued as (

    select
        'annex_engagement.pilot' as mart_column,
        pilot as value
    from annex_engagement

    union all

    select
        'events.organiser_role' as mart_column,
        organiser_role as value
    from events

    union all

    select
        'ledger_entries.type' as mart_column,
        type as value
    from ledger_entries

    union all

    select
        'member_engagements.engagement' as mart_column,
        engagement as value
    from member_engagements

    union all

    select
        'members.region' as mart_column,
        region as value
    from members

    union all

    select
        'reconciliation.status' as mart_column,
        status as value
    from reconciliation

    union all

    select
        'unresolved_places.reason' as mart_column,
        reason as value
    from unresolved_places

    union all

    select
        'gender_impact.kind' as mart_column,
        kind as value
    from gender_impact

),

final as (

    select
        trim(mart_column || ': ' || coalesce(value, 'blank')) as value,
        count(*) as rows
    from valued
    group by
        mart_column,
        value

)

select * from final
order by value
