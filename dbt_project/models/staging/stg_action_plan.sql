with

source as (

    select * from {{ source('landing', 'action_plan') }}

),

renamed as (

    select
        -- ids
        code,

        -- text
        title,
        status,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
