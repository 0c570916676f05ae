with

source as (

    select * from {{ source('landing', 'drawings') }}

),

renamed as (

    select
        -- ids
        drawing_id,

        -- text
        city_text,
        city_key,
        country_text,
        country_code,
        country_key,

        -- numerics
        age,

        -- dates
        received_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
