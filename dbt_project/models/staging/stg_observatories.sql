with

source as (

    select * from {{ source('landing', 'observatories') }}

),

renamed as (

    select
        -- text
        name,

        -- dates
        active_from,
        active_to,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
