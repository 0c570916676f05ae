with

final as (

    select
        -- ids
        code,

        -- text
        level,
        parent_code,
        title,
        status
    from {{ ref('int_action_plan') }}

)

select * from final
