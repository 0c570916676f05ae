with

members as (

    select * from {{ ref('int_members') }}

),

countries as (

    select * from {{ ref('countries') }}

),

coordinates as (

    select * from {{ ref('int_member_coordinates') }}

),

final as (

    select
        members.member_id,
        members.name,
        members.country_code,
        countries.country,
        members.region,
        coordinates.latitude,
        coordinates.longitude,
        members.joined_on,
        members.left_on,
        members.is_board_member,
        members.is_member,
        members.is_new
    from members
    left join countries on members.country_code = countries.country_code
    left join coordinates on members.member_id = coordinates.member_id

)

select * from final
