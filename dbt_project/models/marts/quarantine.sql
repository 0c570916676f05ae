with

quarantined as (

    select * from {{ ref('int_quarantined_rows') }}

),

final as (

    select
        -- text
        field,
        reason_code,
        reason,

        -- origin
        source_file,
        source_line
    from quarantined

)

select * from final
