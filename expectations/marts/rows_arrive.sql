-- One row a mart that takes every row of a landing table, no more and no fewer.
with

final as (

    select
        'action_plan' as mart,
        'action_plan' as landing_table,
        (select count(*) from action_plan) as rows_in_mart,
        (select count(*) from landing.action_plan) as rows_landed

    union all

    select
        'calendar' as mart,
        'programme' as landing_table,
        (select count(*) from calendar) as rows_in_mart,
        (select count(*) from landing.programme) as rows_landed

    union all

    select
        'events' as mart,
        'programme' as landing_table,
        (select count(*) from events) as rows_in_mart,
        (select count(*) from landing.programme) as rows_landed

    union all

    select
        'ledger_entries' as mart,
        'ledger' as landing_table,
        (select count(*) from ledger_entries) as rows_in_mart,
        (select count(*) from landing.ledger) as rows_landed

    union all

    select
        'members' as mart,
        'members' as landing_table,
        (select count(*) from members) as rows_in_mart,
        (select count(*) from landing.members) as rows_landed

    union all

    select
        'publications' as mart,
        'publications' as landing_table,
        (select count(*) from publications) as rows_in_mart,
        (select count(*) from landing.publications) as rows_landed

)

select * from final
