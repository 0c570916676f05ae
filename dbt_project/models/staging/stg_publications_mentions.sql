with

source as (

    select * from {{ source('landing', 'publications_mentions') }}

),

renamed as (

    select
        -- text
        place_text,
        place_key,

        -- numerics
        position,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
