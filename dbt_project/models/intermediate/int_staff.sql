with

staff as (

    select * from {{ ref('stg_staff') }}

),

final as (

    select
        -- text
        role,
        gender,
        contract,

        -- booleans
        {{ active_at_year_end('from_date', 'to_date') }} as is_in_post,

        -- dates
        from_date,
        to_date,

        -- origin
        source_file,
        source_line
    from staff

)

select * from final
