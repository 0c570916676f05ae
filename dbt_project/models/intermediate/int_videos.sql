with

videos as (

    select * from {{ ref('stg_videos') }}

),

final as (

    select
        -- text
        title,
        project,

        -- booleans
        {{ in_year('published_on') }} as is_of_year,

        -- dates
        published_on,

        -- origin
        source_file,
        source_line
    from videos

)

select * from final
