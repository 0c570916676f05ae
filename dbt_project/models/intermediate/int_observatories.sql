with

observatories as (

    select * from {{ ref('stg_observatories') }}

),

final as (

    select
        -- text
        name,

        -- booleans
        {{ active_at_year_end('active_from', 'active_to') }} as is_active,

        -- dates
        active_from,
        active_to,

        -- origin
        source_file,
        source_line
    from observatories

)

select * from final
