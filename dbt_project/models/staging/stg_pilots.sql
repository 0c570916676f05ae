with

source as (

    select * from {{ source('landing', 'pilots') }}

),

renamed as (

    select
        -- text
        pilot,
        member_text,
        member_key,
        role,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
