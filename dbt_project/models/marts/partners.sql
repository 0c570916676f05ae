with

partners as (

    select * from {{ ref('int_partners') }}

),

final as (

    select
        -- text
        partner,
        category,

        -- booleans
        is_gender_alliance,
        is_active,

        -- dates
        active_from,
        active_to,

        -- origin
        source_file,
        source_line
    from partners

)

select * from final
