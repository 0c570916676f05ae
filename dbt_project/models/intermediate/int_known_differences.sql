with

register as (

    select * from {{ ref('stg_known_differences') }}

),

final as (

    select
        -- ids
        key,

        -- text
        kind,
        coalesce(printed, '') as printed,
        coalesce(computed, '') as computed,
        reason,
        owner
    from register

)

select * from final
