with

source as (

    select * from {{ source('landing', 'known_differences') }}

),

renamed as (

    select
        -- ids
        key,

        -- text
        kind,
        printed,
        computed,
        reason,
        owner,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
