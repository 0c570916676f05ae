with

printed as (

    select * from {{ ref('stg_published_annex_activity') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

final as (

    select
        -- ids
        resolution.member_id,

        -- text: the cells as printed
        printed.member_text,
        printed.is_new,
        printed.news,
        printed.publications,
        printed.mentions,
        printed.use_cases,
        printed.c4gh_initiatives,

        -- numerics: a member has one row in print, the first of those that name it
        row_number() over (
            partition by resolution.member_id
            order by printed.source_line
        ) as appearance
    from printed
    left join resolution
        on
            printed.member_key = resolution.place_key
            and resolution.country_key = ''

)

select * from final
