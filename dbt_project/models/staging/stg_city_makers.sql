with

source as (

    select * from {{ source('landing', 'city_makers') }}

),

renamed as (

    select
        -- ids
        user_id,

        -- text
        status,
        city_text,
        city_key,
        country_text,
        country_code,
        country_key,

        -- dates
        registered_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
