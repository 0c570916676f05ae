with

pilots as (

    select * from {{ ref('int_pilots') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        -- ids
        pilots.member_id,

        -- text
        pilots.pilot,
        pilots.role,
        members.name as member,

        -- origin
        pilots.source_file,
        pilots.source_line
    from pilots
    left join members
        on pilots.member_id = members.member_id

)

select * from final
