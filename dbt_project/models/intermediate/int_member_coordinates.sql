with

members as (

    select * from {{ ref('int_members') }}

),

names as (

    select * from {{ ref('int_member_names') }}

),

cities as (

    select * from {{ ref('cities') }}

),

-- The country must be the member's own: a city of the same name elsewhere is another one.
found as (

    select distinct
        members.member_id,
        names.name_key = members.name_key as is_own_name,
        cities.latitude,
        cities.longitude
    from members
    inner join names on members.member_id = names.member_id
    inner join cities
        on
            names.name_key = cities.name_key
            and members.country_code = cities.country_code

),

-- Names that mean different cities say nothing.
meant as (

    select
        member_id,
        is_own_name,
        min(latitude) as latitude,
        min(longitude) as longitude
    from found
    group by
        member_id,
        is_own_name
    having count(*) = 1

),

final as (

    select
        members.member_id,
        coalesce(own.latitude, further.latitude) as latitude,
        coalesce(own.longitude, further.longitude) as longitude
    from members
    left join meant as own
        on
            members.member_id = own.member_id
            and own.is_own_name
    left join meant as further
        on
            members.member_id = further.member_id
            and not further.is_own_name
    where coalesce(own.latitude, further.latitude) is not null

)

select * from final
