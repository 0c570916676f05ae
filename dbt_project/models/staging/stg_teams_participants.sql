with

source as (

    select * from {{ source('landing', 'teams_participants') }}

),

renamed as (

    select
        -- ids
        event_id,
        person_key,

        -- text
        role,

        -- dates
        joined_at,
        left_at,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
