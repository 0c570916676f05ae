with

pilots as (

    select * from {{ ref('int_pilots') }}

),

final as (

    select
        pilot,
        role,
        member_id,
        source_file,
        source_line
    from pilots
    where member_id is not null

)

select * from final
