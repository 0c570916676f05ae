with

source as (

    select * from {{ source('landing', 'publications') }}

),

renamed as (

    select
        -- text
        title,
        origin,
        member_text,
        member_key,

        -- booleans
        gender_perspective as has_gender_perspective,

        -- dates
        published_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
