with

source as (

    select * from {{ source('landing', 'wmd_activities') }}

),

renamed as (

    select
        -- text
        activity,
        organiser,
        member_text,
        member_key,

        -- dates
        held_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
