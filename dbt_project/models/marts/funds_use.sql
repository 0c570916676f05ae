with

shares as (

    select * from {{ ref('int_rounded_shares') }}

),

final as (

    select
        -- ids
        part as project,
        figure_id,

        -- text
        label,

        -- numerics
        amount,
        share,
        unrounded_share,

        -- booleans
        is_printed
    from shares
    where whole = 'funds_use'

)

select * from final
