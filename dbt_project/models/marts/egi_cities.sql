with

egi_cities as (

    select * from {{ ref('int_egi_cities') }}

),

countries as (

    select * from {{ ref('countries') }}

),

members as (

    select * from {{ ref('int_members') }}

),

-- A place may be typed in several ways, of which the first in the alphabet is shown.
places as (

    select
        place_id,
        member_id,
        min({{ trimmed("city_text") }}) as city,
        min(country_code) as country_code
    from egi_cities
    where place_id is not null
    group by place_id, member_id

),

final as (

    select
        -- ids
        places.place_id,
        places.member_id,

        -- text
        coalesce(members.name, places.city) as city,
        coalesce(members.country_code, places.country_code) as country_code,
        countries.country
    from places
    left join members
        on places.member_id = members.member_id
    left join countries
        on coalesce(members.country_code, places.country_code) = countries.country_code

)

select * from final
