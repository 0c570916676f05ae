with

quarantined as (

    select * from {{ ref('stg_quarantine') }}

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
