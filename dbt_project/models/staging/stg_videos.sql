with

source as (

    select * from {{ source('landing', 'videos') }}

),

renamed as (

    select
        -- text
        title,
        project,

        -- dates
        published_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
