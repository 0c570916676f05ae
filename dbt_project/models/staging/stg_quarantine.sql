with

source as (

    select * from {{ source('landing', 'quarantine') }}

),

renamed as (

    select
        -- text
        field,
        reason_code,
        reason,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
