with

source as (

    select * from {{ source('landing', 'leaders') }}

),

renamed as (

    select
        -- ids
        member_id,

        -- text
        title,
        gender,

        -- dates
        from_date,
        to_date,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
