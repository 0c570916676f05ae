with

campaigns as (

    select * from {{ ref('int_campaigns') }}

),

final as (

    select
        -- text
        title,

        -- booleans
        has_gender_approach,
        is_of_year,

        -- dates
        starts_on,
        ends_on,

        -- origin
        source_file,
        source_line
    from campaigns

)

select * from final
