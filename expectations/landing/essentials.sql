-- One row a source that everything else refers to.
with

final as (

    select
        'members' as source,
        count(*) as rows
    from landing.members

    union all

    select
        'programme' as source,
        count(*) as rows
    from landing.programme

)

select * from final
