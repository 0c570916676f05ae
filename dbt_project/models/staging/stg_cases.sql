with

source as (

    select * from {{ source('landing', 'cases') }}

),

renamed as (

    select
        -- ids
        case_id,

        -- text
        title,
        city_text,
        city_key,
        country_text,
        country_code,
        country_key,
        status,
        themes,
        sdgs,

        -- dates
        published_on,
        updated_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
