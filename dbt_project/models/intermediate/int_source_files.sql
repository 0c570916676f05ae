with

files as (

    select * from {{ ref('stg_source_files') }}

),

final as (

    select
        -- ids
        source_file,
        sha256,

        -- text
        source,

        -- numerics
        bytes,
        rows_read,
        rows_loaded,
        rows_quarantined
    from files

)

select * from final
