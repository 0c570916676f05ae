with

findings as (

    select * from {{ ref('int_findings') }}

),

final as (

    select
        -- text
        severity,
        code,
        source_file,
        message
    from findings

)

select * from final
