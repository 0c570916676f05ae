with

source as (

    select * from {{ source('landing', 'activities') }}

),

renamed as (

    select
        -- ids
        activity_id,
        project_code,

        -- text
        title,

        -- booleans
        gender_approach as has_gender_approach,

        -- dates
        held_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
