with

publications as (

    select * from {{ ref('stg_publications') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

final as (

    select
        -- ids: the member whose own publication it is
        case when publications.origin = 'member' then resolution.member_id end as member_id,

        -- text
        publications.title,
        publications.origin,

        -- booleans
        publications.has_gender_perspective,
        {{ in_year('publications.published_on') }} as is_of_year,

        -- dates
        publications.published_on,

        -- origin
        publications.source_file,
        publications.source_line
    from publications
    left join resolution
        on
            publications.member_key = resolution.place_key
            and resolution.country_key = ''

)

select * from final
