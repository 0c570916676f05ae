with

restated as (

    select * from {{ ref('int_restatements') }}

),

final as (

    select
        -- ids
        key,

        -- text
        kind,
        old_value,
        new_value,
        reason,
        restated_by,

        -- dates
        restated_on
    from restated

)

select * from final
