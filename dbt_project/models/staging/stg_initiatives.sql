with

source as (

    select * from {{ source('landing', 'initiatives') }}

),

renamed as (

    select
        -- ids
        id as initiative_id,

        -- text
        title,
        city_text,
        city_key,
        country_text,
        country_code,
        country_key,
        language,
        themes,
        status,

        -- dates
        uploaded_at,
        uploaded_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
