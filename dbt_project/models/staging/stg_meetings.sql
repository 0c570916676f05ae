with

source as (

    select * from {{ source('landing', 'meetings') }}

),

renamed as (

    select
        -- ids
        event_id,

        -- text
        member_text,
        member_key,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
