with

source as (

    select * from {{ source('landing', 'speakers') }}

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

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
