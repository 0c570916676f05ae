with

source as (

    select * from {{ source('landing', 'egi_cities') }}

),

renamed as (

    select
        -- text
        city_text,
        city_key,
        country_text,
        country_code,
        country_key,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
