with

partners as (

    select * from {{ ref('stg_partners') }}

),

final as (

    select
        -- text
        partner,
        category,

        -- booleans
        is_gender_alliance,
        {{ active_at_year_end('active_from', 'active_to') }} as is_active,

        -- dates
        active_from,
        active_to,

        -- origin
        source_file,
        source_line
    from partners

)

select * from final
