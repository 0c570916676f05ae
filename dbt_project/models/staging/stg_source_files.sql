with

source as (

    select * from {{ source('landing', 'source_files') }}

),

renamed as (

    select
        -- text
        source,
        sha256,

        -- numerics
        bytes,
        rows_counted,
        rows_read,
        rows_loaded,
        rows_quarantined,

        -- origin
        source_file
    from source

)

select * from renamed
