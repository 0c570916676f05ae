with

initiatives as (

    select * from {{ ref('int_latest_initiatives') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

placed as (

    select
        initiatives.*,
        resolution.member_id,
        {{ place_id('resolution.member_id', 'initiatives.city_key', 'initiatives.country_key') }} as place_id
    from initiatives
    left join resolution
        on
            initiatives.city_key = resolution.place_key
            and coalesce(initiatives.country_key, '') = resolution.country_key

),

final as (

    select
        -- ids
        initiative_id,
        member_id,
        place_id,

        -- text
        title,
        city_text,
        city_key,
        country_text,
        country_code,
        country_key,
        language,
        status,
        themes,

        -- booleans
        status = 'published' as is_published,
        status = 'published' and {{ in_year('uploaded_on') }} as is_of_year,

        -- dates
        uploaded_at,
        uploaded_on,

        -- origin
        source_file,
        source_line
    from placed

)

select * from final
