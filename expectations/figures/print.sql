-- One row a printed figure or annex cell that is no match, and one a printed figure or member that was not
-- compared at all.
with

not_matched as (

    select
        kind,
        key,
        printed,
        computed,
        status,
        reason
    from reconciliation
    where status <> 'match'

),

figures_compared as (

    select distinct key
    from reconciliation
    where kind = 'figure'

),

figures_left_out as (

    select
        'figure' as kind,
        published.figure_id as key,
        published.printed,
        '' as computed,
        'not_compared' as status,
        'The printed figure was not compared' as reason
    from landing.published_figures as published
    left join figures_compared
        on published.figure_id = figures_compared.key
    where figures_compared.key is null

),

-- A printed row of an annex is compared by its cells, or is at odds by its member.
annexes as (

    select
        'annex_activity' as annex,
        (select count(*) from landing.published_annex_activity) as rows_printed

    union all

    select
        'annex_engagement' as annex,
        (select count(*) from landing.published_annex_engagement) as rows_printed

),

rows_compared as (

    select
        split_part(key, '/', 1) as annex,
        count(distinct split_part(key, '/', 2)) as members
    from reconciliation
    where kind = 'annex_cell'
    group by split_part(key, '/', 1)

),

annexes_left_out as (

    select
        'annex_cell' as kind,
        annexes.annex as key,
        cast(annexes.rows_printed as varchar) as printed,
        cast(coalesce(rows_compared.members, 0) as varchar) as computed,
        'not_compared' as status,
        'Printed members were not compared' as reason
    from annexes
    left join rows_compared
        on annexes.annex = rows_compared.annex
    where annexes.rows_printed > coalesce(rows_compared.members, 0)

),

final as (

    select * from not_matched
    union all
    select * from figures_left_out
    union all
    select * from annexes_left_out

)

select * from final
order by
    kind,
    key
