with

egi_cities as (

    select * from {{ ref('stg_egi_cities') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

final as (

    select
        resolution.member_id,
        {{ place_id('resolution.member_id', 'egi_cities.city_key', 'egi_cities.country_key') }} as place_id,
        egi_cities.city_text,
        egi_cities.country_code,
        egi_cities.source_file,
        egi_cities.source_line
    from egi_cities
    left join resolution
        on
            egi_cities.city_key = resolution.place_key
            and coalesce(egi_cities.country_key, '') = resolution.country_key

)

select * from final
