with

source as (

    select * from {{ source('landing', 'zoom_attendees') }}

),

renamed as (

    select
        -- ids
        event_id,
        person_key,

        -- text
        attended,
        country_text,
        country_code,
        country_key,
        approval_status,
        gender,
        place_text,
        place_key,

        -- numerics
        minutes_in_session,

        -- dates
        registered_at,
        joined_at,
        left_at,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
