with

videos as (

    select * from {{ ref('int_videos') }}

),

final as (

    select
        -- text
        title,
        project,

        -- booleans
        is_of_year,

        -- dates
        published_on,

        -- origin
        source_file,
        source_line
    from videos

)

select * from final
