with

source as (

    select * from {{ source('landing', 'indicators') }}

),

renamed as (

    select
        -- text
        space,
        member_text,
        member_key,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
