with

source as (

    select * from {{ source('landing', 'news') }}

),

renamed as (

    select
        -- ids
        url,

        -- text
        title,

        -- dates
        published_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
