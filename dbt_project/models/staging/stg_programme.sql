with

source as (

    select * from {{ source('landing', 'programme') }}

),

renamed as (

    select
        -- ids
        event_id,

        -- text
        title,
        kind,
        format,
        organiser_role,
        scope,
        action_line,
        platform,
        city,
        country_text,
        country_code,
        country_key,

        -- numerics
        sessions,

        -- booleans
        gender_perspective as has_gender_perspective,
        learning as is_learning,

        -- dates
        start_date,
        end_date,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
