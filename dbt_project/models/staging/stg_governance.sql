with

source as (

    select * from {{ source('landing', 'governance') }}

),

renamed as (

    select
        -- text
        body,
        seat,
        gender,
        member_text,
        member_key,

        -- dates
        from_date,
        to_date,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
