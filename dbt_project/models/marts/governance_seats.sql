with

seats as (

    select * from {{ ref('int_seats') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        -- ids
        resolution.member_id,

        -- text
        seats.body,
        seats.seat,
        members.name as member,

        -- booleans
        seats.gender = 'woman' as is_held_by_woman,

        -- dates
        seats.from_date,
        seats.to_date,

        -- origin
        seats.source_file,
        seats.source_line
    from seats
    left join resolution
        on
            seats.member_key = resolution.place_key
            and resolution.country_key = ''
    left join members
        on resolution.member_id = members.member_id

)

select * from final
