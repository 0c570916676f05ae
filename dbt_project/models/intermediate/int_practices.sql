with

cases as (

    select * from {{ ref('int_latest_cases') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

placed as (

    select
        cases.*,
        resolution.member_id,
        {{ place_id('resolution.member_id', 'cases.city_key', 'cases.country_key') }} as place_id
    from cases
    left join resolution
        on
            cases.city_key = resolution.place_key
            and coalesce(cases.country_key, '') = resolution.country_key

),

final as (

    select
        -- ids
        case_id,
        member_id,
        place_id,

        -- text
        title,
        city_text,
        city_key,
        country_text,
        country_code,
        country_key,
        status,
        themes,
        sdgs,

        -- booleans
        status = 'published' as is_published,
        status = 'published' and {{ in_year('published_on') }} as is_of_year,

        -- dates
        published_on,
        updated_on,

        -- origin
        source_file,
        source_line
    from placed

)

select * from final
