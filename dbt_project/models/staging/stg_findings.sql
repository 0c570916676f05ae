with

source as (

    select * from {{ source('landing', 'findings') }}

),

renamed as (

    select
        -- ids
        code,

        -- text
        severity,
        message,
        owner,

        -- origin
        source_file
    from source

)

select * from renamed
