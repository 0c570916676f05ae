with

drawings as (

    select * from {{ ref('stg_drawings') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

final as (

    select
        drawings.drawing_id,
        resolution.member_id,
        {{ place_id('resolution.member_id', 'drawings.city_key', 'drawings.country_key') }} as place_id,
        drawings.city_text,
        drawings.country_code,
        {{ in_year('drawings.received_on') }} as is_of_year,
        drawings.received_on,
        drawings.source_file,
        drawings.source_line
    from drawings
    left join resolution
        on
            drawings.city_key = resolution.place_key
            and coalesce(drawings.country_key, '') = resolution.country_key

)

select * from final
