with

source as (

    select * from {{ source('landing', 'form_responses') }}

),

renamed as (

    select
        -- ids
        event_id,
        person_key,

        -- text
        gender,
        country_text,
        country_code,
        country_key,
        place_text,
        place_key,

        -- booleans
        attended as has_attended,

        -- dates
        registered_at,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
