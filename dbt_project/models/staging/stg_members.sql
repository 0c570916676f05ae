with

source as (

    select * from {{ source('landing', 'members') }}

),

renamed as (

    select
        -- ids
        member_id,

        -- text
        name,
        name_key,
        country_text,
        country_code,
        country_key,
        region,

        -- booleans
        board_member as is_board_member,

        -- dates
        joined_on,
        left_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
