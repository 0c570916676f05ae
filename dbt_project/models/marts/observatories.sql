with

observatories as (

    select * from {{ ref('int_observatories') }}

),

final as (

    select
        -- text
        name,

        -- booleans
        is_active,

        -- dates
        active_from,
        active_to,

        -- origin
        source_file,
        source_line
    from observatories

)

select * from final
