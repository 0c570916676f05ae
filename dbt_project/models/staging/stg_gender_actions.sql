with

source as (

    select * from {{ source('landing', 'gender_actions') }}

),

renamed as (

    select
        -- text
        action,
        kind,

        -- dates
        done_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
